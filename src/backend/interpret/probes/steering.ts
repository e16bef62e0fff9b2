// Steering along a stored probe: its direction, and the part of the model that is moved along it.
import type { Direction } from '../../../protocol/interventions';
import { probedPart, steeringProblem, type ProbeSteering } from '../../../protocol/probes';
import type { Params } from '../../../protocol/requests';
import { SubtextError } from '../../errors';
import { readProbe, type ProbeHeader, type StoredProbe } from './probeFile';

/** Characters that an intervention's direction may be called by. */
const LONGEST_NAME = 100;

/**
 * What makes a class likelier to a probe, and another less likely, or the mean of all.
 * @throws SubtextError `probe` for an activation that is no part, and as `probeDirection`
 */
export function steeringAlong(probe: StoredProbe, towards: string, from?: string): ProbeSteering {
  const part = probedPart(probe.header.hook);
  if (part === undefined) throw noSteering(probe.header);
  return { part, direction: probeDirection(probe, towards, from) };
}

/** The same of a probe's file. @throws SubtextError as `readProbe`, `steeringAlong` */
export async function probeSteering({
  file,
  towards,
  from,
}: Params<'subtext/probeSteering'>): Promise<ProbeSteering> {
  return steeringAlong(await readProbe(file), towards, from);
}

function noSteering({ hook, probe }: ProbeHeader): SubtextError {
  const { message, remedy } = steeringProblem({ hook, kind: probe.kind })!;
  return new SubtextError('probe', message, remedy);
}

/**
 * What raises the logit of one class over another, or over the mean of all, in activations as they are: the direction of
 * the steepest rise. A multi-head probe's is that of its maps summed, for activations that are all moved alike.
 * @throws SubtextError `probe` for a class that it does not have, or an embedding-update
 */
export function probeDirection(
  { header, parameters }: StoredProbe,
  towards: string,
  from?: string,
): Extract<Direction, { kind: 'numbers' }> {
  const { classes, width, probe, target, level } = header;
  if (probe.kind === 'embedding-update') throw noSteering(header);
  const columnOf = (name: string) => {
    const index = classes.indexOf(name);
    if (index >= 0) return index;
    throw new SubtextError(
      'probe',
      `The probe of ${target} has no class ${name}`,
      `Its classes are ${classes.slice(0, 20).join(', ')}${classes.length > 20 ? ', …' : ''}.`,
    );
  };
  const [up, down] = [columnOf(towards), from === undefined ? undefined : columnOf(from)];
  const heads = probe.kind === 'linear' ? 1 : probe.heads;
  const data = parameters.get(probe.kind === 'linear' ? 'W' : 'F')!.data as Float32Array;
  const count = classes.length;
  const values = Array.from({ length: width }, (_, row) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) {
      const own = data.subarray((row * heads + head) * count, (row * heads + head + 1) * count);
      const other = down === undefined ? own.reduce((a, b) => a + b, 0) / count : own[down];
      sum += own[up] - other;
    }
    return sum;
  });
  const what = level === null ? target : `${target} ${level}`;
  const name = `${what}: ${towards}${from === undefined ? '' : ` − ${from}`}`;
  return { kind: 'numbers', values, name: name.slice(0, LONGEST_NAME) };
}

// `npm run bench -- NAME [--size SIZE] [--rounds N] [--with-trainer] [--json]`: measures, and compares with the peers that this machine
// has. Machines differ, so go by ratios, which come from one run. What was found stands in NOTES.md.
import { parseArgs } from 'node:util';
import { TURNS } from './alternate';
import { sizes, type BenchmarkName } from '../src/backend/bench/sizes';
import { compare, compareTrainer, type Ratio } from './compare';
import { grammars } from './grammars';
import { inspect } from './inspect';
import type { Measurement } from './measure';
import { parseTree } from './parseTree';
import { probe } from './probe';
import { tokenize, type Throughput } from './tokenize';

interface Report {
  ratios: Ratio[];
  /** Times without a peer. */
  rows: Measurement[];
  throughputs?: Throughput[];
  /** Most that the measured process held. */
  megabytes?: number;
}

interface Options {
  size?: string;
  rounds: number;
  /** For `train`: the trainer beside the bare step, instead of the step beside its peers. */
  withTrainer: boolean;
}

/** Characters of a name, so that times stand below each other. */
const WIDTH = 36;

const say = (line: string) => void process.stderr.write(`${line}\n`);

const compared =
  (name: BenchmarkName) =>
  async ({ size, rounds, withTrainer }: Options): Promise<Report> => {
    const turns = { ...TURNS, rounds };
    const ratios = withTrainer ? await compareTrainer(size, turns) : await compare(name, size, turns, say);
    return { ratios, rows: [] };
  };

const benchmarks: Record<string, (options: Options) => Promise<Report>> = {
  inspect: async () => ({ ratios: [], rows: await inspect() }),
  grammars: async () => ({ ratios: [], rows: await grammars() }),
  'parse-tree': async () => ({ ratios: [], rows: await parseTree() }),
  probe: async () => ({ ratios: [], ...(await probe()) }),
  tokenize: async () => ({ ratios: [], rows: [], throughputs: await tokenize() }),
  ...Object.fromEntries((Object.keys(sizes) as BenchmarkName[]).map((name) => [name, compared(name)])),
};

async function main(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      size: { type: 'string' },
      rounds: { type: 'string' },
      'with-trainer': { type: 'boolean' },
    },
  });
  const rounds = Number(values.rounds ?? TURNS.rounds);
  const benchmark = positionals.length === 1 ? benchmarks[positionals[0]] : undefined;
  const withTrainer = values['with-trainer'] === true;
  if (!benchmark || (withTrainer && positionals[0] !== 'train') || !Number.isInteger(rounds) || rounds < 1) {
    say(
      `Usage: npm run bench -- ${Object.keys(benchmarks).join(' | ')} [--size SIZE] [--rounds N] [--json], and for train --with-trainer`,
    );
    process.exitCode = 2;
    return;
  }
  const report = await benchmark({ size: values.size, rounds, withTrainer });
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : asText(report));
}

function asText({ ratios, rows, throughputs = [], megabytes }: Report): string {
  const lines = ratios.flatMap((each) => {
    const { name, ours_ms, peer_ms, ratio, paired_ratio, ours, peer } = each;
    const times = [ours_ms, peer_ms ?? NaN].map((time) => time.toPrecision(4));
    const line =
      peer_ms === null
        ? `${name.padEnd(WIDTH)} ${times[0]} ms`
        : `${name.padEnd(WIDTH)} ${times[0]} ms, peer ${times[1]} ms: peer / ours ${ratio!.toFixed(2)} (by rounds ${paired_ratio!.toFixed(2)})`;
    const sides = [asSide(ours, each.ours_figures), ...(peer ? [asSide(peer, each.peer_figures!)] : [])];
    return [line, ...sides];
  });
  for (const { name, median, min, max } of rows) {
    lines.push(`${name.padEnd(60)} ${median.toFixed(1)} ms  (${min.toFixed(1)} … ${max.toFixed(1)})`);
  }
  for (const { name, megabytes, megabytes_per_s } of throughputs) {
    lines.push(`${name.padEnd(40)} ${megabytes_per_s.toFixed(1)} MB/s of ${megabytes.toFixed(1)} MB`);
  }
  if (megabytes !== undefined) lines.push(`peak memory ${megabytes} MB`);
  return lines.map((line) => `${line}\n`).join('');
}

function asSide(detail: string, figures: Record<string, number>): string {
  const told = Object.entries(figures).map(
    ([name, value]) => `${name.replaceAll('_', ' ')} ${Number(value.toPrecision(3))}`,
  );
  return `    ${[detail, ...told].join(', ')}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(String(error));
  process.exitCode = 1;
});

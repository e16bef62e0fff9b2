// What the header says about the first run.
import type { RunSnapshot, ShownRunState } from '../../src/protocol/runViews';
import { count, exact, significant } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { paceOf, remaining } from './pace';
import type { RunData } from './runData';
import { clock, compact } from './words';

/** Characters of a name that are shown. */
export const LONGEST_NAME = 40;

export interface Fact {
  /** What it is about, by which it is known again when it has changed. */
  key: 'name' | 'state' | 'step' | 'loss' | 'time' | 'pace' | 'left' | 'engine' | 'title' | 'note';
  text: string;
  tip?: string;
}

/** A state in a word; a run that runs needs none. */
const stateWords: Record<ShownRunState, string | undefined> = {
  starting: 'starting…',
  running: undefined,
  pausing: 'pausing…',
  paused: 'paused',
  cancelling: 'cancelling…',
  cancelled: 'cancelled',
  finished: 'finished',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** What the header says, in its order. */
export function factsOf(run: RunSnapshot, data: RunData | undefined): Fact[] {
  const { status, state } = run;
  const facts: Fact[] = [{ key: 'name', text: cutMiddle(run.name, LONGEST_NAME), tip: run.directory }];
  const word = stateWords[state];
  if (word !== undefined) facts.push({ key: 'state', text: word });
  const step = stepOf(run, data);
  if (status && status.steps > 0) {
    facts.push({ key: 'step', text: `step ${count(step)} / ${count(status.steps)}` });
  }
  const loss = lossOf(data);
  if (loss) facts.push(loss);
  facts.push(...timesOf(run, data, step));
  if (status?.engine) {
    const tip = engineTip(status.threads, status.parameters);
    const precision = status.precision === undefined ? '' : ` · ${status.precision}`;
    facts.push({ key: 'engine', text: `${status.engine}${precision}`, tip });
  }
  facts.push({ key: 'title', text: run.title, tip: run.title });
  if (status?.note !== undefined) facts.push({ key: 'note', text: status.note });
  return facts;
}

/** Steps done, by the status or the points, whichever came later. */
export function stepOf({ status }: RunSnapshot, data: RunData | undefined): number {
  return Math.max(status?.step ?? 0, data?.train.step.at(-1) ?? 0);
}

function lossOf(data: RunData | undefined): Fact | undefined {
  const loss = data?.train.loss.at(-1);
  if (!data || loss === undefined) return undefined;
  const nats = Number.isNaN(loss) ? '' : ' nats per token';
  const lines = [`Training loss of step ${count(data.train.step.at(-1)!)}: ${exact(loss)}${nats}`];
  const validation = data.evaluation.loss.at(-1);
  if (validation !== undefined) {
    lines.push(`validation loss of step ${count(data.evaluation.step.at(-1)!)}: ${exact(validation)}`);
  }
  return {
    key: 'loss',
    // Named, because the tree of runs shows the validation loss.
    text: `training loss ${Number.isNaN(loss) ? exact(loss) : `${significant(loss)} nats`}`,
    tip: lines.join('; '),
  };
}

/** While it runs: how fast, and until when. Afterwards: how long it took. */
function timesOf({ status, state }: RunSnapshot, data: RunData | undefined, step: number): Fact[] {
  if (!status) return [];
  if (state !== 'running' && state !== 'starting' && state !== 'pausing') {
    const seconds = Math.max(status.seconds, data?.train.seconds.at(-1) ?? 0);
    if (seconds === 0) return [];
    const tip = `Time spent training, ${compact(status.tokens)} tokens`;
    return [{ key: 'time', text: clock(seconds), tip }];
  }
  const pace = data && paceOf(data.train);
  if (!pace) return [];
  const facts: Fact[] = [
    { key: 'pace', text: `${compact(pace.tokensPerSecond)} tokens/s`, tip: 'Over the last 50 steps' },
  ];
  const left = remaining(pace, step, status.steps);
  if (left !== undefined) {
    facts.push({ key: 'left', text: `ETA ${clock(left)}`, tip: 'Time left at this pace' });
  }
  return facts;
}

function engineTip(threads: number, parameters: number): string {
  const on = threads > 0 ? `, ${threads} ${threads === 1 ? 'thread' : 'threads'}` : '';
  return `Engine${on}; ${compact(parameters)} parameters`;
}

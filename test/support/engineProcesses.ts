// The processes that engines run in, as tests need them: to end them in the middle of things.
import { processes } from './processes';
import { until } from './trainingRuns';

/** Those that another process started and that run now. */
export function engineProcessesOf(parent: number): number[] {
  return processes()
    .filter((each) => each.parent === parent && /engine\.js/.test(each.command))
    .map(({ id }) => id);
}

/** The process of the engine that another process started; waits for it. */
export async function engineProcessOf(parent: number): Promise<number> {
  await until(() => engineProcessesOf(parent).length > 0, `an engine's process under ${parent}`);
  return engineProcessesOf(parent)[0];
}

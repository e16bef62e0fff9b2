// The processes that engines run in, as tests need them: to end them in the middle of things.
import { processes } from './processes';
import { until } from './trainingRuns';

/** The process of the engine that another process started; waits for it. */
export async function engineProcessOf(parent: number): Promise<number> {
  let found: number | undefined;
  await until(() => {
    found = processes().find((each) => each.parent === parent && /engine\.js/.test(each.command))?.id;
    return found !== undefined;
  }, `an engine's process under ${parent}`);
  return found!;
}

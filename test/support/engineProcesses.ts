// The processes that engines run in, as tests need them: to end them in the middle of things.
import { execFileSync } from 'node:child_process';
import { until } from './trainingRuns';

/** The process of the engine that another process started; waits for it. */
export async function engineProcessOf(parent: number): Promise<number> {
  let found: number | undefined;
  await until(() => {
    found = childrenOf(parent).find(({ command }) => /engine\.js/.test(command))?.id;
    return found !== undefined;
  }, `an engine's process under ${parent}`);
  return found!;
}

function childrenOf(parent: number): { id: number; command: string }[] {
  const list = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return list.split('\n').flatMap((line) => {
    const [, id, of, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(of) === parent ? [{ id: Number(id), command }] : [];
  });
}

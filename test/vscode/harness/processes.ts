// The backend's process, found from outside as a person with a task manager would.
import type { Server } from '../../../scripts/vscode-server.mjs';
import { processes, type Process } from '../../support/processes';

/** Process ids of the backends that the extension hosts of a server have started. */
export function backendsOf(server: Server): number[] {
  const all = new Map(processes().map((each) => [each.id, each]));
  const isUnderServer = ({ parent }: Process): boolean => {
    const above = all.get(parent);
    return above !== undefined && (above.command.includes(server.dataFolder) || isUnderServer(above));
  };
  return [...all.values()]
    .filter((each) => /backend\.js .*--node-ipc/.test(each.command) && isUnderServer(each))
    .map(({ id }) => id);
}

// The backend's process, found from outside as a person with a task manager would.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from '../../../scripts/vscode-server.mjs';

interface Process {
  id: number;
  parent: number;
  command: string;
}

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

function processes(): Process[] {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

/** Not every Linux has `ps`. */
function fromProc(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        // The name in parentheses may hold blanks; state and parent follow it.
        const parent = /\) \w (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
        return [{ id: Number(name), parent: Number(parent), command }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

function fromPs(): Process[] {
  const lines = execFileSync('ps', ['-axwwo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return found ? [{ id: Number(found[1]), parent: Number(found[2]), command: found[3] }] : [];
  });
}

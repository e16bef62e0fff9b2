// Runs the tests of test/vscode/in-host/ inside the extension host; VS Code calls `run` (extensionTestsPath), the one
// from npm as well as the one that @vscode/test-electron starts.
import Mocha from 'mocha';
import { firstLine } from './in-host-protocol';

/** Runs all in-host tests; rejects when one fails. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', color: false, timeout: 30_000 });
  mocha.suite.emit('pre-require', globalThis, 'in-host', mocha);
  await import('../in-host/index');
  console.log(firstLine);
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} in-host test${failures === 1 ? '' : 's'} failed.`);
}

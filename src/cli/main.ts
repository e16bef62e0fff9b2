#!/usr/bin/env node
// The `subtext` command: the backend without an editor. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, SubtextError } from '../backend/errors';
import { EXIT_INTERRUPTED, type Command } from './command';
import { activations } from './commands/activations';
import { devices } from './commands/devices';
import { generateText } from './commands/generate';
import { inspect } from './commands/inspect';
import { logits } from './commands/logits';
import { neurons } from './commands/neurons';
import { tokens } from './commands/tokens';
import { train } from './commands/train';
import { parseArguments, usageOf } from './options';
import { Output } from './output';

const COMMANDS: Command[] = [devices, inspect, tokens, generateText, logits, activations, neurons, train];

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(given: readonly string[]): Promise<number> {
  const name = given.at(0);
  const rest = given.slice(1);
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(overview());
    return name === undefined ? EXIT_USAGE : 0;
  }
  if (name === '--version') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (!command) throw new SubtextError('usage', `There is no command ${name}`, knownCommands());
  const values = parseArguments(command, rest);
  if (values === 'help') {
    process.stdout.write(usageOf(command));
    return 0;
  }
  const output = new Output(values.json === true);
  return (await command.run(values, output)) ?? 0;
}

/** Of the package that this command lies in, as `dist/cli.js`. */
function version(): string {
  const manifest = readFileSync(join(__dirname, '../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function knownCommands(): string {
  return `Commands: ${COMMANDS.map(({ name }) => name).join(', ')}.`;
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: subtext <command> [options]',
    '',
    ...lines,
    '',
    'subtext <command> --help says more.',
    '',
  ].join('\n');
}

process.once('SIGINT', () => {
  process.stderr.write('\n');
  process.exit(EXIT_INTERRUPTED);
});
// Reading ends early when the other side of a pipe closes (`subtext … | head`): that is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : EXIT_FAILED),
);

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`subtext: ${describeError(error)}\n`);
    process.exitCode = error instanceof SubtextError && error.reason === 'usage' ? EXIT_USAGE : EXIT_FAILED;
  },
);

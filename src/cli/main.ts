#!/usr/bin/env node
// The `subtext` command: the backend without an editor. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, SubtextError } from '../backend/errors';
import { EXIT_INTERRUPTED, type Command } from './command';
import { activations } from './commands/activations';
import { attribute } from './commands/attribute';
import { attention } from './commands/attention';
import { bench } from './commands/bench';
import { card } from './commands/card';
import { cfgAttention } from './commands/cfgAttention';
import { cfgCheck } from './commands/cfgCheck';
import { cfgEval, cfgNext, cfgParse, cfgSample } from './commands/cfg';
import { devices } from './commands/devices';
import { engineInstall, engineRemove } from './commands/engine';
import { generateText } from './commands/generate';
import { inspect } from './commands/inspect';
import { lens } from './commands/lens';
import { logits } from './commands/logits';
import { neurons } from './commands/neurons';
import { patch } from './commands/patch';
import { probe } from './commands/probe';
import { probeDirections, probeRead } from './commands/probeFile';
import { sampleData } from './commands/sampleData';
import { tokens } from './commands/tokens';
import { train } from './commands/train';
import { parseArguments, usageOf } from './options';
import { Output } from './output';

const COMMANDS: Command[] = [
  devices,
  engineInstall,
  engineRemove,
  inspect,
  tokens,
  generateText,
  logits,
  activations,
  neurons,
  patch,
  lens,
  attribute,
  attention,
  train,
  card,
  probeRead,
  probeDirections,
  probe,
  sampleData,
  cfgCheck,
  cfgParse,
  cfgSample,
  cfgNext,
  cfgEval,
  cfgAttention,
  bench,
];

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(given: readonly string[]): Promise<number> {
  const name = given.at(0);
  const second = given.at(1);
  if (name === undefined || isHelp(name)) {
    process.stdout.write(overview(COMMANDS));
    return name === undefined ? EXIT_USAGE : 0;
  }
  if (name === '--version') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  // Some names have two words: `cfg eval`.
  const wordsOf = (command: Command) => command.name.split(' ').length;
  const command = COMMANDS.find((each) => each.name === given.slice(0, wordsOf(each)).join(' '));
  if (!command) {
    const family = COMMANDS.filter((each) => each.name.startsWith(`${name} `));
    if (family.length === 0) throw unknownCommand(name);
    if (second !== undefined && !isHelp(second)) throw unknownCommand(`${name} ${second}`);
    process.stdout.write(overview(family));
    return second === undefined ? EXIT_USAGE : 0;
  }
  const values = parseArguments(command, given.slice(wordsOf(command)));
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

function isHelp(word: string): boolean {
  return word === 'help' || word === '--help' || word === '-h';
}

function unknownCommand(name: string): SubtextError {
  const known = `Commands: ${COMMANDS.map((command) => command.name).join(', ')}.`;
  return new SubtextError('usage', `There is no command ${name}`, known);
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
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

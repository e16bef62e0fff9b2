// Command-line options: what several commands share, and reading them.
import { readFile } from 'node:fs/promises';
import { buffer as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { CFG_TEXT_ENDING, withoutComments } from '../backend/data/cfg/cfgText';
import { ENGINE_NAMES } from '../backend/engine/engines';
import { SubtextError } from '../backend/errors';
import type { EngineName, Precision } from '../protocol/types';
import type { Command, Option, Values } from './command';

export const MODEL_OPTIONS: Record<string, Option> = {
  model: { value: 'M', help: 'checkpoint folder, checkpoint file, or name of a sample model' },
  engine: { value: 'NAME', help: `auto, ${ENGINE_NAMES.join(', ')}; default auto` },
  precision: {
    value: 'NAME',
    help: 'of matrix products: float32, or float16 where the engine has it; default float32',
  },
  threads: { value: 'N', help: 'threads of the engine; default one per physical core' },
};

export const TEXT_OPTIONS: Record<string, Option> = {
  text: { value: 'T', help: 'the text' },
  file: { value: 'F', help: 'a file with the text; - for standard input' },
};

export const IDS_OPTION: Record<string, Option> = {
  ids: { value: '1,2,3', help: 'token ids instead of a text' },
};

const COMMON: Record<string, Option> = {
  json: { help: 'one JSON value on standard output, and nothing else' },
  help: { help: 'this text' },
};

/** @throws SubtextError `usage` */
export function parseArguments(command: Command, given: readonly string[]): Values | 'help' {
  const known = { ...command.options, ...COMMON };
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { value, list = false }]) => [
      name,
      {
        type: value ? ('string' as const) : ('boolean' as const),
        multiple: list,
        ...(name === 'help' && { short: 'h' }),
      },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...given], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw unreadable(command, (error as Error).message);
  }
  const values: Values = Object.fromEntries(
    Object.entries(parsed.values).map(([name, value]) => [name, Array.isArray(value) ? value.join() : value]),
  );
  if (values.help) return 'help';
  const argument = parsed.positionals.at(0);
  if (command.argument !== undefined && argument === undefined)
    throw usage(command, `${command.argument} is missing`);
  if (command.arguments !== undefined && parsed.positionals.length > 0)
    return { ...values, arguments: parsed.positionals.join() };
  const unexpected = parsed.positionals.at(command.argument === undefined ? 0 : 1);
  if (unexpected !== undefined) throw usage(command, `Unexpected argument ${unexpected}`);
  return { ...values, argument };
}

export function usageOf({ name, summary, argument, arguments: several, options }: Command): string {
  const rows = Object.entries({ ...options, ...COMMON }).map(
    ([option, { value, help }]): [string, string] => [`--${option}${value ? ` ${value}` : ''}`, help],
  );
  const width = Math.max(...rows.map(([option]) => option.length));
  const lines = rows.map(([option, help]) => `  ${option.padEnd(width)}  ${help}`);
  return [
    `Usage: subtext ${name}${argument ? ` ${argument}` : ''}${several ? ` [${several} …]` : ''} [options]`,
    summary,
    '',
    ...lines,
    '',
  ].join('\n');
}

function usage(command: Command, message: string): SubtextError {
  return new SubtextError('usage', message, `See subtext ${command.name} --help.`);
}

/** What `parseArgs` did not understand, in one line. */
function unreadable(command: Command, message: string): SubtextError {
  const dash = /^Option '(\S+).*' argument is ambiguous/.exec(message);
  if (!dash) return usage(command, message.split(/\.\s/)[0]);
  const [, option] = dash;
  return new SubtextError(
    'usage',
    `The value of ${option} is missing or starts with a dash`,
    `Write ${option}=VALUE.`,
  );
}

/** A required option's text. */
export function required(values: Values, name: string): string {
  const value = values[name];
  if (typeof value === 'string') return value;
  throw new SubtextError('usage', `--${name} is missing`, 'See --help of the command.');
}

/** A number option. @throws SubtextError `usage` when it is no number or outside the range */
export function numberOption(
  values: Values,
  name: string,
  fallback: number,
  { min, max = Number.MAX_SAFE_INTEGER, whole = true }: { min: number; max?: number; whole?: boolean },
): number {
  const given = values[name];
  if (typeof given !== 'string') return fallback;
  const value = given.trim() === '' ? NaN : Number(given);
  const fits = Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  throw new SubtextError(
    'usage',
    `--${name} ${given} is not a ${whole ? 'whole ' : ''}number ${range}`,
    'Correct it.',
  );
}

export function engineOption(values: Values): EngineName | 'auto' {
  const name = values.engine ?? 'auto';
  if (name === 'auto' || ENGINE_NAMES.includes(name as EngineName)) return name as EngineName | 'auto';
  throw new SubtextError(
    'usage',
    `There is no engine ${String(name)}`,
    `Engines: auto, ${ENGINE_NAMES.join(', ')}.`,
  );
}

/** @throws SubtextError `usage` */
export function precisionOption(values: Values): Precision | undefined {
  const { precision } = values;
  if (precision === undefined || precision === 'float32' || precision === 'float16') return precision;
  throw new SubtextError(
    'usage',
    `There is no precision ${String(precision)}`,
    'Precisions: float32, float16.',
  );
}

/** The text of --text or --file. @throws SubtextError `usage`, `file-access`, `binary-text` */
export async function textOption(values: Values): Promise<string> {
  const { text, file } = values;
  if (typeof text === 'string' && typeof file === 'string') {
    throw new SubtextError('usage', '--text and --file are both given', 'Give one of them.');
  }
  if (typeof text === 'string') return text;
  if (typeof file !== 'string')
    throw new SubtextError('usage', '--text or --file is missing', 'Give one of them.');
  if (file === '-') return decodeText(await readAll(process.stdin), 'Standard input');
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new SubtextError(
      'file-access',
      `${file} cannot be read (${(error as Error).message})`,
      'Check the path.',
    );
  }
  const content = decodeText(bytes, file);
  // As in the editor: the header that names the grammar is no text of the model's.
  return file.endsWith(CFG_TEXT_ENDING) ? withoutComments(content) : content;
}

/**
 * Never with replacement characters in the place of bytes: their offsets would be those of no text. A byte order mark
 * is left out, as editors do.
 */
function decodeText(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SubtextError('binary-text', `${source} is not a text in UTF-8`, 'Convert it to UTF-8.');
  }
}

/** The ids of --ids, or undefined. @throws SubtextError `usage` */
export function idsOption(values: Values): number[] | undefined {
  if (typeof values.ids !== 'string') return undefined;
  if (values.text !== undefined || values.file !== undefined) {
    throw new SubtextError('usage', '--ids is given beside --text or --file', 'Give one of them.');
  }
  const ids = values.ids.split(',').map((id) => (/^\s*\d+\s*$/.test(id) ? Number(id) : NaN));
  if (ids.every((id) => Number.isSafeInteger(id) && id < 2 ** 31)) return ids;
  throw new SubtextError('usage', `--ids ${values.ids} is not a list of token ids`, 'Write them as 1,2,3.');
}

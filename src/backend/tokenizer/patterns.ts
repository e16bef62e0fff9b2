// Regular expressions of tokenizer.json. They are written for Oniguruma, whose classes differ from JavaScript's
// (`\s` and U+FEFF or U+0085, `\w`, `(?i:…)`); @huggingface/tokenizers knows the translation.
import { SplitPreTokenizer } from '@huggingface/tokenizers';
import vm from 'node:vm';
import { SubtextError } from '../errors';
import type { JsonValue } from './jsonValue';

/** GPT-2's words (openai/gpt-2 encoder.py), which the ByteLevel pre-tokenizer of Hugging Face has built in. */
const GPT2_WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** A character takes about a microsecond; a file made to take for ever must not hang the backend. */
const TIME_LIMIT_MS = 3000;
const TIME_LIMIT_MS_PER_UNIT = 0.02;

/** GPT-2's words as a global JavaScript expression. */
export const gpt2Words = translate(GPT2_WORDS);

/** A `{ "String": … }` or `{ "Regex": … }` of tokenizer.json as a global, Unicode-aware expression. */
export function readPattern(json: JsonValue): RegExp {
  // Old files hold the text itself.
  if (json.isText) return literalPattern(json.text());
  const literal = json.field('String');
  if (!literal.isMissing) return literalPattern(literal.text());
  const source = json.field('Regex');
  try {
    return translate(source.text());
  } catch (error) {
    if (error instanceof SubtextError) throw error;
    return source.fail(`is a pattern that JavaScript cannot run (${String(error)})`);
  }
}

/** Matches a text as it stands. */
export function literalPattern(text: string): RegExp {
  // An empty text matches nothing rather than everywhere, as in Hugging Face.
  return text === '' ? /(?!)/gu : new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'gu');
}

function translate(source: string): RegExp {
  const split = new SplitPreTokenizer({
    type: 'Split',
    pattern: { Regex: source },
    behavior: 'Isolated',
    invert: false,
  });
  if (split.pattern === null) throw new Error('no pattern');
  return split.pattern;
}

const sandbox = vm.createContext({});
const script = new vm.Script('run()');

/**
 * Runs a task, which may use patterns and words from a file, and gives up after three seconds and more for longer texts.
 * A task that was stopped for most of this time, because the machine slept, is begun again.
 * @param task the same each time
 * @param units length of the text in UTF-16 units
 */
export function withTimeLimit<Result>(task: () => Result, units: number, file: string): Result {
  const results: Result[] = [];
  sandbox.run = (): void => {
    results.push(task());
  };
  const timeout = TIME_LIMIT_MS + Math.ceil(units * TIME_LIMIT_MS_PER_UNIT);
  const started = process.cpuUsage();
  try {
    while (results.length === 0) runUntil(timeout, started, file);
  } finally {
    sandbox.run = undefined;
  }
  return results[0];
}

/** @throws SubtextError `tokenizer` where the time went by at work */
function runUntil(timeout: number, started: NodeJS.CpuUsage, file: string): void {
  try {
    // Only the virtual machine can be told to stop anywhere; it costs 0.3 ms a call.
    script.runInContext(sandbox, { timeout });
  } catch (error) {
    // The error belongs to the sandbox: it is no instance of our Error.
    const isTimeout = (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    if (!isTimeout) throw error;
    const { user, system } = process.cpuUsage(started);
    if ((user + system) / 1000 < timeout / 2) return;
    throw new SubtextError(
      'tokenizer',
      `${file}: the tokenizer takes more than ${(timeout / 1000).toFixed(1)} seconds on this text`,
      'Select less text, or use a tokenizer from a source that you trust.',
    );
  }
}

// subtext generate: continues a text.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { SubtextError } from '../../backend/errors';
import { generate } from '../../backend/model/generate';
import type { Tokenizer } from '../../backend/tokenizer/tokenizer';
import type { Command } from '../command';
import { openModel } from '../models';
import { MODEL_OPTIONS, numberOption, required } from '../options';

export const generateText: Command = {
  name: 'generate',
  summary: 'Continues a text; prints the continuation alone.',
  options: {
    ...MODEL_OPTIONS,
    prompt: { value: 'P', help: 'the text to continue; may be empty' },
    'max-tokens': { value: 'N', help: 'tokens at most; default 100' },
    temperature: { value: 'T', help: '0 = always the likeliest token; default 1' },
    seed: { value: 'S', help: 'the same seed gives the same text; default 0' },
  },
  async run(values, output) {
    const prompt = required(values, 'prompt');
    const maxTokens = numberOption(values, 'max-tokens', 100, { min: 1 });
    const temperature = numberOption(values, 'temperature', 1, { min: 0, max: 1000, whole: false });
    const seed = numberOption(values, 'seed', 0, { min: 0, max: 2 ** 32 - 1 });
    const model = await openModel(values, output);
    const { tokenizer } = model;
    const ids = promptIds(tokenizer, prompt);
    const { n_ctx } = model.configuration;
    if (ids.length >= n_ctx) {
      throw new SubtextError(
        'text-too-large',
        `The prompt has ${ids.length} tokens and the model's context is ${n_ctx}`,
        'Shorten the prompt.',
      );
    }
    const decoder = tokenizer.startDecoding();
    for (const id of ids) decoder.push(id);
    const stops = [tokenizer.beginOfText, tokenizer.endOfText].filter((id) => id !== undefined);
    const options = { maxTokens, temperature, seed, stopIds: new Set(stops) };
    const produced: number[] = [];
    let text = '';
    const add = (piece: string) => {
      text += piece;
      output.write(piece);
    };
    for await (const id of generate(model, ids, options, NOT_CANCELLED)) {
      produced.push(id);
      add(decoder.push(id));
    }
    add(decoder.end());
    if (output.json)
      output.answer(
        () => ({ text, ids: produced }),
        () => '',
      );
    else if (process.stdout.isTTY) output.write('\n');
    // The token after the last position is still given; one fewer means that the text itself ended there.
    if (ids.length + produced.length > n_ctx && produced.length < maxTokens) {
      output.note(`stopped at the end of the model's context of ${n_ctx} tokens`);
    }
  },
};

/** The prompt's ids; a model cannot start from nothing, so an empty prompt starts as a new text does. */
function promptIds(tokenizer: Tokenizer, prompt: string): number[] {
  const ids = tokenizer.encode(prompt).map(({ id }) => id);
  if (ids.length > 0) return ids;
  const start = tokenizer.beginOfText ?? tokenizer.endOfText;
  if (start !== undefined) return [start];
  throw new SubtextError(
    'usage',
    'The prompt is empty and the model has no token for the start of a text',
    'Give one.',
  );
}

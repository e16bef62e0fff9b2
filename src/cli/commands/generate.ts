// subtext generate: continues a text.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { SubtextError } from '../../backend/errors';
import { continueTokens, promptTokens } from '../../backend/interpret/continuation';
import { Reading } from '../../backend/interpret/reading';
import type { Command } from '../command';
import { INTERVENTION_OPTIONS, interventionOptions, openInterventions } from '../interventions';
import { openModel } from '../models';
import { MODEL_OPTIONS, numberOption, required } from '../options';

export const generateText: Command = {
  name: 'generate',
  summary: 'Continues a text; prints the continuation alone.',
  options: {
    ...MODEL_OPTIONS,
    ...INTERVENTION_OPTIONS,
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
    const list = await interventionOptions(values);
    const model = await openModel(values, output);
    const tokens = promptTokens(model.tokenizer, prompt);
    const { n_ctx } = model.configuration;
    if (tokens.length >= n_ctx) {
      throw new SubtextError(
        'text-too-large',
        `The prompt has ${tokens.length} tokens and the model's context is ${n_ctx}`,
        'Shorten the prompt.',
      );
    }
    const interventions = openInterventions(model, list);
    const changes = await interventions.changesFor(new Reading(model, tokens), NOT_CANCELLED);
    const options = { maxTokens, temperature, seed };
    const write = (piece: string) => output.write(piece);
    const found = await continueTokens(model, tokens, options, changes, NOT_CANCELLED, write);
    if (output.json)
      output.answer(
        () => ({ text: found.text, ids: Array.from(found.ids) }),
        () => '',
      );
    else if (process.stdout.isTTY) output.write('\n');
    if (found.stopped === 'context')
      output.note(`stopped at the end of the model's context of ${n_ctx} tokens`);
  },
};

// subtext tokens: how a text is cut.
import { openCheckpoint } from '../../backend/checkpoint/open';
import { SubtextError } from '../../backend/errors';
import type { Token } from '../../backend/tokenizer/tokenizer';
import type { Command } from '../command';
import { modelPath } from '../../backend/sampleModels';
import { MODEL_OPTIONS, required, TEXT_OPTIONS, textOption } from '../options';
import { table, visible } from '../output';

export const tokens: Command = {
  name: 'tokens',
  summary: 'Shows the tokens of a text with their ids and character ranges (UTF-16).',
  options: { model: MODEL_OPTIONS.model, ...TEXT_OPTIONS },
  async run(values, output) {
    const { tokenizer, path } = await openCheckpoint(modelPath(required(values, 'model')));
    if (!tokenizer)
      throw new SubtextError('tokenizer', `No tokenizer lies beside ${path}`, 'Add its tokenizer.json.');
    const found = tokenizer.encode(await textOption(values));
    output.answer(
      () => ({ tokens: found.map(tokenAsJson) }),
      () => table(found.map(({ id, piece, start, end }) => [id, start, end, visible(piece)])),
    );
  },
};

export function tokenAsJson({ id, piece, start, end }: Token): object {
  return { id, text: piece, start, end };
}

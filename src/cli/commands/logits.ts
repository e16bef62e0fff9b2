// subtext logits: what the model expects at every position.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { writeSafetensors } from '../../backend/checkpoint/safetensorsWriter';
import { FinalResidual } from '../../backend/interpret/finalResidual';
import { predictions, readoutRows } from '../../backend/interpret/predictions';
import type { Command } from '../command';
import { INTERVENTION_OPTIONS } from '../interventions';
import { openReading } from '../models';
import { IDS_OPTION, MODEL_OPTIONS, numberOption, TEXT_OPTIONS } from '../options';
import { short, table, visible } from '../output';

export const logits: Command = {
  name: 'logits',
  summary: 'Shows log-probability and rank of each token, and the likeliest to follow it.',
  options: {
    ...MODEL_OPTIONS,
    ...TEXT_OPTIONS,
    ...IDS_OPTION,
    ...INTERVENTION_OPTIONS,
    top: { value: 'K', help: 'likeliest next tokens per position; default 5' },
    out: { value: 'F', help: 'writes the tensor logits [pos, vocab], float32, to this .safetensors file' },
  },
  async run(values, output) {
    const top = numberOption(values, 'top', 5, { min: 0 });
    const reading = await openReading(values, output);
    const residual = new FinalResidual(reading);
    const { tokens } = reading;
    const found = await predictions(residual, 0, tokens.length, top, NOT_CANCELLED);
    if (typeof values.out === 'string') {
      await writeSafetensors(values.out, new Map([['logits', await allLogits(residual)]]));
    }
    output.answer(
      () => ({
        positions: found.map(({ logProbability, rank, next }, index) => ({
          id: tokens[index].id,
          logprob: logProbability ?? null,
          rank: rank ?? null,
          top: next.map(({ id, piece, logProbability: logprob }) => ({ id, text: piece, logprob })),
        })),
      }),
      () =>
        table([
          ['token', 'logprob', 'rank', 'likeliest next'],
          ...found.map(({ logProbability, rank, next }, index) => [
            visible(tokens[index].piece),
            logProbability === undefined ? '' : short(logProbability),
            rank === undefined ? '' : String(rank),
            next
              .map(({ piece, logProbability: logprob }) => `${visible(piece)} ${short(logprob)}`)
              .join('  '),
          ]),
        ]),
    );
  },
};

/** [tokens, d_vocab] */
async function allLogits(residual: FinalResidual): Promise<{ shape: number[]; data: Float32Array }> {
  const { model, tokens } = residual.reading;
  const { d_vocab } = model.configuration;
  const data = new Float32Array(tokens.length * d_vocab);
  for await (const { token, row } of readoutRows(residual, 0, tokens.length, 'logits', NOT_CANCELLED)) {
    data.set(row, token * d_vocab);
  }
  return { shape: [tokens.length, d_vocab], data };
}

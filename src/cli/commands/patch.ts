// subtext patch: where in the model the difference between two texts lies.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { SubtextError } from '../../backend/errors';
import { patchMap } from '../../backend/interpret/patching/patchMap';
import { modelName } from '../../backend/modelName';
import { PATCHED_PARTS, type PatchedPart, type PatchMap } from '../../protocol/patching';
import type { Command } from '../command';
import { INTERVENTION_OPTIONS, interventionOptions, openInterventions } from '../interventions';
import { openModel } from '../models';
import { MODEL_OPTIONS, required } from '../options';
import { short, table, visible } from '../output';

export const patch: Command = {
  name: 'patch',
  summary:
    'Puts activations of a clean text into a corrupted one: 1 brings the prediction back, 0 does nothing.',
  options: {
    ...MODEL_OPTIONS,
    clean: { value: 'T', help: 'the text whose prediction is looked for' },
    corrupted: { value: 'T', help: 'the text that differs in what should matter' },
    answer: { value: 'A', help: 'the token after the clean text; default the likeliest' },
    wrong: { value: 'B', help: 'a token to tell it from: then the logit difference counts' },
    part: { value: 'P', help: `${PATCHED_PARTS.join(', ')}; default resid` },
    ...INTERVENTION_OPTIONS,
    align: { value: 'A', help: 'equal (default) or subsequence, for texts of different token counts' },
  },
  async run(values, output) {
    const question = {
      clean: required(values, 'clean'),
      corrupted: required(values, 'corrupted'),
      answer: optional(values.answer),
      wrong: optional(values.wrong),
      part: oneOf('part', values.part ?? 'resid', PATCHED_PARTS),
      align: oneOf('align', values.align ?? 'equal', ['equal', 'subsequence'] as const),
    };
    const model = await openModel(values, output);
    const interventions = openInterventions(model, await interventionOptions(values));
    const found = await patchMap(model, question, NOT_CANCELLED, () => undefined, interventions).catch(
      (error: unknown) => {
        throw aligned(error, question.align);
      },
    );
    const { part, layers, columns, effect, metric, alignment } = found;
    const rows = Array.from({ length: layers }, (_, layer) =>
      Array.from(effect.subarray(layer * columns, (layer + 1) * columns)),
    );
    output.answer(
      () => ({
        model: modelName(model.checkpoint.path),
        part,
        metric,
        clean: found.cleanPieces,
        corrupted: found.corruptedPieces,
        sources: Array.from(alignment.sources),
        effect: rows.map((row) => row.map((value) => (Number.isNaN(value) ? null : value))),
      }),
      () => `${metricLine(found)}\n${table(tableOf(part, found, rows))}`,
    );
  },
};

/** Texts of different token counts can be aligned otherwise here: by an option. */
function aligned(error: unknown, align: 'equal' | 'subsequence'): unknown {
  if (!(error instanceof SubtextError) || error.reason !== 'alignment' || align !== 'equal') return error;
  const remedy =
    'Make them equally long, or give --align subsequence, which goes by the tokens that they share.';
  return new SubtextError('alignment', error.message, remedy);
}

function metricLine({ metric: { kind, answer, wrong, clean, corrupted } }: PatchedMap): string {
  const what =
    kind === 'logit-difference'
      ? `logit of ${visible(answer.piece)} − logit of ${visible(wrong!.piece)}`
      : `log-probability of ${visible(answer.piece)}`;
  return `${what}: ${short(clean)} after the clean text, ${short(corrupted)} after the corrupted one`;
}

type PatchedMap = Awaited<ReturnType<typeof patchMap>>;

/** A row for each token and a column for each layer; for heads a row for each layer. */
function tableOf(part: PatchMap['part'], found: PatchedMap, rows: number[][]): (string | number)[][] {
  const cell = (value: number) =>
    (Number.isNaN(value) ? '–' : value.toFixed(2).replace('-0.00', '0.00')).padStart(5);
  if (part === 'head') {
    const heads = Array.from({ length: found.columns }, (_, head) => `H${head}`);
    return [['', ...heads], ...rows.map((row, layer) => [`L${layer}`, ...row.map(cell)])];
  }
  const layers = rows.map((_, layer) => `L${layer}`);
  const tokens = found.corruptedPieces.map((piece, token) => {
    const source = found.alignment.sources[token];
    const other = source < 0 ? '' : found.cleanPieces[source];
    const name = other === piece ? visible(piece) : `${visible(piece)} ← ${visible(other) || '–'}`;
    return [name, ...rows.map((row) => cell(row[token]))];
  });
  return [['corrupted ← clean', ...layers], ...tokens];
}

function optional(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function oneOf<Name extends PatchedPart | 'equal' | 'subsequence'>(
  option: string,
  given: string | boolean,
  names: readonly Name[],
): Name {
  const found = names.find((name) => name === given);
  if (found) return found;
  const remedy = `Give ${names.join(', ')}.`;
  throw new SubtextError('usage', `--${option} ${String(given)} is not known`, remedy);
}

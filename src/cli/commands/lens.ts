// subtext lens: what each layer already predicts.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { SubtextError } from '../../backend/errors';
import type { LensRows } from '../../backend/interpret/lens/lensReadout';
import { lensNote, LogitLens, pointLabel } from '../../backend/interpret/lens/logitLens';
import { pieceOf, type RankedToken } from '../../backend/interpret/predictions';
import { checkToken } from '../../backend/interpret/reading';
import { LENS_CELLS } from '../../protocol/lens';
import type { TextRange } from '../../protocol/types';
import type { Command } from '../command';
import { INTERVENTION_OPTIONS } from '../interventions';
import { openReading } from '../models';
import { IDS_OPTION, MODEL_OPTIONS, numberOption, TEXT_OPTIONS } from '../options';
import { percent, short, shortened, table, terminalWidth, visible } from '../output';
import { tokenAsJson } from './tokens';

/** Narrowest column of a layer: with narrower ones, layers are left out. */
const NARROWEST = 6;
const TOKEN_WIDTH = 12;
const GAP = 2;

export const lens: Command = {
  name: 'lens',
  summary:
    'Reads every layer as a prediction (logit lens): the likeliest token, the target, divergence, entropy.',
  options: {
    ...MODEL_OPTIONS,
    ...TEXT_OPTIONS,
    ...IDS_OPTION,
    ...INTERVENTION_OPTIONS,
    token: { value: 'I', help: 'only at this token of the text, with the likeliest tokens by layer' },
    top: { value: 'K', help: 'with --token, how many of the likeliest; default 5' },
    from: { value: 'I', help: 'the first token that is read; default 0' },
    count: { value: 'N', help: `how many are read; default what ${written(LENS_CELLS)} cells hold` },
  },
  async run(values, output) {
    const top = numberOption(values, 'top', 5, { min: 1 });
    const token = values.token === undefined ? undefined : numberOption(values, 'token', 0, { min: 0 });
    const from = numberOption(values, 'from', 0, { min: 0 });
    const count = values.count === undefined ? undefined : numberOption(values, 'count', 0, { min: 1 });
    if (token !== undefined && (values.from !== undefined || count !== undefined)) {
      throw new SubtextError(
        'usage',
        '--token is given with --from or --count',
        'Give either: --token reads one token alone.',
      );
    }
    const reading = await openReading(values, output);
    const logitLens = new LogitLens(reading);
    const length = reading.tokens.length;
    const start = token ?? from;
    checkToken(start, length);
    const fitting = Math.max(1, Math.floor(LENS_CELLS / logitLens.hooks.length));
    const scope = { start, end: Math.min(length, start + (token === undefined ? (count ?? fitting) : 1)) };
    const found = await logitLens.columns(scope, NOT_CANCELLED);
    output.note(lensNote(reading.model.configuration));
    // Minutes and megabytes of a long text come only when they are asked for.
    if (token === undefined && count === undefined && scope.end < length) {
      const read = `tokens ${written(start)} to ${written(scope.end - 1)} of ${written(length)} are read`;
      output.note(`${read}: --from and --count say which others`);
    }
    if (token === undefined) {
      output.answer(
        () => allAsJson(logitLens, found, scope),
        () => grid(logitLens, found, scope),
      );
      return;
    }
    const lists: RankedToken[][] = [];
    for (const point of logitLens.hooks.keys()) {
      lists.push(await logitLens.likeliest(point, token, top, NOT_CANCELLED));
    }
    output.answer(
      () => ({
        ...allAsJson(logitLens, found, scope),
        token,
        top: lists.map((list) =>
          list.map(({ id, piece, logProbability }) => ({
            id,
            text: piece,
            probability: Math.exp(logProbability),
          })),
        ),
      }),
      () => likeliestByLayer(found, lists),
    );
  },
};

/** Columns by layer: rows of `layers`, an element for each of `tokens`; what is not there or not a number is null. */
function allAsJson(logitLens: LogitLens, rows: LensRows, { start, end }: TextRange): object {
  const { hooks, reading } = logitLens;
  const tokens = reading.tokens.slice(start, end);
  const byLayer = (column: ArrayLike<number>, missing?: number) =>
    hooks.map((_, point) =>
      tokens.map((__, index) => {
        const value = column[point * tokens.length + index];
        return value === missing || Number.isNaN(value) ? null : value;
      }),
    );
  return {
    note: lensNote(reading.model.configuration),
    text_tokens: reading.tokens.length,
    from: start,
    layers: hooks.map((hook, point) => ({ label: pointLabel(point), hook })),
    tokens: tokens.map(tokenAsJson),
    targets: tokens.map((_, index) => logitLens.targetOf(start + index) ?? null),
    top_id: byLayer(rows.top, -1),
    top_text: byLayer(rows.top, -1).map((ids) =>
      ids.map((id) => (id === null ? null : pieceOf(reading.model, id))),
    ),
    top_probability: byLayer(rows.topProbability),
    target_probability: byLayer(rows.targetProbability),
    target_rank: byLayer(rows.targetRank, 0),
    kl: byLayer(rows.divergence),
    entropy: byLayer(rows.entropy),
  };
}

function likeliestByLayer(rows: LensRows, lists: RankedToken[][]): string {
  const likeliest = (list: RankedToken[]) =>
    list.map(({ piece, logProbability }) => `${visible(piece)} ${percent(Math.exp(logProbability))}`);
  return table([
    ['layer', 'target', 'rank', 'likeliest'],
    ...lists.map((list, point) => {
      const rank = rows.targetRank[point];
      const target = rank === 0 ? ['', ''] : [percent(rows.targetProbability[point]), String(rank)];
      return [pointLabel(point), ...target, list.length === 0 ? 'not a number' : likeliest(list).join('  ')];
    }),
  ]);
}

/** A row for each token, a column for each layer, as many layers as fit: always the last. */
function grid({ hooks, reading }: LogitLens, rows: LensRows, { start, end }: TextRange): string {
  const { model } = reading;
  const tokens = reading.tokens.slice(start, end);
  const room = terminalWidth() - TOKEN_WIDTH;
  const shown = Math.max(1, Math.min(hooks.length, Math.floor(room / (NARROWEST + GAP))));
  const width = Math.max(NARROWEST, Math.min(TOKEN_WIDTH, Math.floor(room / shown) - GAP));
  const points = Array.from({ length: shown }, (_, index) =>
    Math.round(((index + 1) * hooks.length) / shown - 1),
  );
  const cell = (point: number, token: number) => {
    const id = rows.top[point * tokens.length + token];
    return id === -1 ? 'NaN' : shortened(visible(pieceOf(model, id)), width);
  };
  const lines = table([
    ['token', ...points.map(pointLabel)],
    ...tokens.map(({ piece }, token) => [
      shortened(visible(piece), TOKEN_WIDTH),
      ...points.map((point) => cell(point, token)),
    ]),
  ]);
  const kept = points.length < hooks.length ? `${points.length} of ${hooks.length} layers fit\n` : '';
  const divergences = points.map((point) => {
    const row = rows.divergence.subarray(point * tokens.length, (point + 1) * tokens.length);
    return `${pointLabel(point)} ${short(row.reduce((a, b) => a + b, 0) / row.length)}`;
  });
  return `${lines}${kept}mean divergence from the output, nats: ${divergences.join('  ')}\n`;
}

/** With commas between thousands. */
function written(count: number): string {
  return count.toLocaleString('en');
}

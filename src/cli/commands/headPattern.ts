// The pattern of one head: as JSON whole, as text the strongest sources of each token.
import { NOT_CANCELLED } from '../../backend/cancellation';
import type { AttentionMaps } from '../../backend/interpret/attention/attentionMaps';
import type { PatternWindow } from '../../backend/interpret/attention/windows';
import { largestIndices } from '../../backend/interpret/largest';
import { modelName } from '../../backend/modelName';
import type { HeadId } from '../../protocol/attention';
import { short, table, visible, type Output } from '../output';
import { tokenAsJson } from './tokens';

/** Sources named for each destination in the text answer, unless they get less than this. */
const TOP_SOURCES = 3;
const LEAST_NAMED = 0.005;

export async function writePattern(
  maps: AttentionMaps,
  id: HeadId,
  hideSink: boolean,
  output: Output,
): Promise<void> {
  const { tokens } = maps.reading;
  const windows: HeadWindow[] = [];
  for (const window of maps.patterns.windows) {
    windows.push(headWindow(window, await maps.rowsOfHead(id, window, NOT_CANCELLED), hideSink));
  }
  if (output.json) {
    await output.stream(asJson(maps, id, hideSink, windows));
    return;
  }
  const piece = (token: number) => visible(tokens[token].piece);
  const rows = windows.flatMap(({ firstDestination, sources, rows: values }) =>
    values.map((row, index) => {
      const named = largestIndices(row, TOP_SOURCES).filter((at) => !(row[at] < LEAST_NAMED));
      const list = named.map((at) => `${piece(sources[at])} (${sources[at]}) ${short(row[at])}`);
      return [firstDestination + index, piece(firstDestination + index), list.join('  ')];
    }),
  );
  output.write(table([['', 'token', 'attends to'], ...rows]));
}

interface HeadWindow {
  firstDestination: number;
  /** The token at each place of a row. */
  sources: Int32Array;
  rows: Float32Array[];
}

/** @param data [rows, keys] */
function headWindow(
  { rows, keys, sink, firstToken, tokens }: PatternWindow,
  data: Float32Array,
  hideSink: boolean,
): HeadWindow {
  const found = Array.from({ length: rows }, (_, row) => {
    const values = data.subarray(row * keys, (row + 1) * keys);
    return hideSink ? values.map((value, key) => (sink[key] === 1 ? 0 : value)) : values;
  });
  return { firstDestination: firstToken, sources: tokens, rows: found };
}

/** One JSON value, a row of the pattern at a time: of two thousand tokens it is eighty megabytes. */
function* asJson(
  { reading }: AttentionMaps,
  { layer, head }: HeadId,
  hideSink: boolean,
  windows: readonly HeadWindow[],
): Generator<string> {
  const about = {
    model: modelName(reading.model.checkpoint.path),
    tokens: reading.tokens.map(tokenAsJson),
    layer,
    head,
    sink_hidden: hideSink,
  };
  yield `${JSON.stringify(about).slice(0, -1)},"windows":[`;
  for (const [index, { firstDestination, sources, rows }] of windows.entries()) {
    const place = { first_destination: firstDestination, sources: Array.from(sources) };
    yield `${index > 0 ? ',' : ''}${JSON.stringify(place).slice(0, -1)},"pattern":[`;
    for (const [row, values] of rows.entries())
      yield `${row > 0 ? ',' : ''}${JSON.stringify(Array.from(values))}`;
    yield ']}';
  }
  yield ']}\n';
}

// Questions about the attention of a model on a document.
import type {
  AttentionGrid,
  AttentionTile,
  HeadsBetween,
  PatternMatches,
  TokenAttention,
} from '../../protocol/attention';
import type { DocumentQuestion, DocumentRequestName, Params } from '../../protocol/requests';
import type { TextRange } from '../../protocol/types';
import { SubtextError } from '../errors';
import { type Asked, tokenColumns, tokensIn } from '../inspection';
import { headsBetween as computeHeadsBetween } from '../interpret/attention/between';
import { attentionOfToken as computeOfToken } from '../interpret/attention/ofToken';
import { searchPattern as computeSearch } from '../interpret/attention/search';
import { attentionTile as computeTile } from '../interpret/attention/tile';
import { sinkTokens, windowColumns } from '../interpret/attention/windows';
import type { Reading } from '../interpret/reading';
import type { PositionKind } from '../model/configuration';

type Asks<Name extends DocumentRequestName> = Omit<Params<Name>, keyof DocumentQuestion>;

export async function attentionGrid(
  { inspection, source, cancellation, progress }: Asked,
  { hideSink }: Asks<'subtext/attentionGrid'>,
): Promise<AttentionGrid> {
  const start = performance.now();
  const { reading, attention } = inspection;
  const { configuration, patterns, layers } = attention;
  const { scores, scoresWithoutSink, kinds, notNumbers, thumbnails } = await attention.grid(
    cancellation,
    progress,
  );
  const spans = layers.flatMap((layer) => attention.spans(layer));
  return {
    source,
    tokens: tokenColumns(reading.tokens),
    layers: configuration.n_layers,
    heads: configuration.n_heads,
    learned: learned(configuration.position),
    causal: configuration.causal,
    spans: Int32Array.from(spans, (span) => (span === Infinity ? 0 : span)),
    windows: windowColumns(reading, patterns.windows),
    sinkTokens: sinkTokens(patterns.windows),
    scores,
    scoresWithoutSink,
    kinds,
    notNumbers,
    thumbnails: thumbnails(hideSink),
    milliseconds: performance.now() - start,
  };
}

export async function attentionTile(
  { inspection, source, cancellation }: Asked,
  question: Asks<'subtext/attentionTile'>,
): Promise<AttentionTile> {
  return { source, ...(await computeTile(inspection.attention, question, cancellation)) };
}

export async function attentionOfToken(
  { inspection, source, cancellation }: Asked,
  { layer, head, place }: Asks<'subtext/attentionOfToken'>,
): Promise<TokenAttention> {
  const found = await computeOfToken(inspection.attention, { layer, head }, place, cancellation);
  return { source, ...found };
}

export async function headsBetween(
  { inspection, source, cancellation, progress }: Asked,
  { first, second }: Asks<'subtext/headsBetween'>,
): Promise<HeadsBetween> {
  const { attention, reading } = inspection;
  const phrases = [phrase(reading, first), phrase(reading, second)] as const;
  const found = await computeHeadsBetween(attention, ...phrases, cancellation, progress);
  return { source, ...found };
}

export async function searchPattern(
  { inspection, source, cancellation, progress }: Asked,
  { pattern }: Asks<'subtext/searchPattern'>,
): Promise<PatternMatches> {
  return { source, ...(await computeSearch(inspection.attention, pattern, cancellation, progress)) };
}

function learned(position: PositionKind): AttentionGrid['learned'] {
  if (position === 'uniform') return 'uniform';
  return position === 'distance-only' ? 'distance' : 'content';
}

/** @throws SubtextError `usage` */
function phrase({ tokens }: Reading, range: TextRange): TextRange {
  const found = tokensIn(tokens, range);
  if (found) return found;
  throw new SubtextError('usage', 'The selection touches no token', 'Select some text of the document.');
}

// All heads at once: their scores, their pictures, and what each looks for.
import {
  BROAD_HEAD,
  DISTANCE_HEAD,
  SINK_HEAD,
  type HeadKind,
  type HeadScores,
  type Thumbnails,
} from '../../../protocol/attention';
import type { Cancellation } from '../../cancellation';
import type { AttentionMaps } from './attentionMaps';
import { HeadPictures } from './headPictures';
import { HeadStatistics, type BlockFrame } from './headStatistics';
import { stretchesOf, type PatternWindow } from './windows';
import { collectTargets, targetRules } from './targets';

export interface HeadGrid {
  scores: HeadScores;
  scoresWithoutSink: HeadScores;
  /** Per head: NaN and infinite cells. */
  notNumbers: Int32Array;
  kinds: HeadKind[];
  thumbnails: (hideSink: boolean) => Thumbnails;
}

export async function headGrid(
  maps: AttentionMaps,
  cancellation: Cancellation,
  progress?: (share: number) => void,
): Promise<HeadGrid> {
  const { configuration, reading, layers, patterns } = maps;
  const { n_heads, n_layers, causal, position } = configuration;
  const pictures = new HeadPictures(n_layers * n_heads, reading.tokens.length);
  const longest = Math.max(...patterns.windows.map(({ keys }) => keys));
  const statistics = new HeadStatistics(n_heads, n_layers, longest, pictures);
  const rules = targetRules(reading);
  const scored = [rules['previous-token'], rules['same-token'], rules.induction, rules.self];
  const spans = layers.map((layer) => maps.spans(layer));
  const frameOf = (window: PatternWindow): Omit<BlockFrame, 'spans'> => ({
    causal,
    targets: scored.map((rule) => collectTargets(window, causal, rule(window))),
    stretches: stretchesOf(window),
    columns: pictures.columns(window),
  });
  if (maps.device) {
    const { windows } = patterns;
    await maps.device.addTo(statistics, pictures, windows, frameOf, spans, cancellation, progress);
  } else {
    let frame: (Omit<BlockFrame, 'spans'> & { window: number }) | undefined;
    await patterns.visit(
      layers,
      patterns.windows,
      (block) => {
        if (frame?.window !== block.index) frame = { window: block.index, ...frameOf(block) };
        statistics.addBlock(block, { ...frame, spans: spans[block.layer] });
      },
      cancellation,
      progress,
    );
  }
  const scoresWithoutSink = statistics.scores(true);
  return {
    scores: statistics.scores(false),
    scoresWithoutSink,
    notNumbers: statistics.notNumbers,
    kinds: Array.from(scoresWithoutSink.sink, (_, head) =>
      position === 'uniform' ? 'unlearned' : kindOf(scoresWithoutSink, head),
    ),
    thumbnails: (hideSink) => pictures.thumbnails(hideSink),
  };
}

function kindOf({ sink, distanceExplained, normalizedEntropy }: HeadScores, head: number): HeadKind {
  if (sink[head] >= SINK_HEAD) return 'sink';
  if (Number.isNaN(distanceExplained[head])) return 'unknown';
  if (distanceExplained[head] >= DISTANCE_HEAD) return 'distance';
  return normalizedEntropy[head] >= BROAD_HEAD ? 'broad' : 'semantic';
}

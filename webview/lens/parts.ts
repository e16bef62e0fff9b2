// The parts of the model that a row of the map stands for.
import { printPart } from '../../src/protocol/interventions';

export interface NamedPart {
  part: string;
  label: string;
}

/**
 * What can be changed at a row: what its layer's attention and MLP add, and the stream that leaves the layer, which is
 * the one that enters the next.
 * @param point index in `LensTable.points`: 0 before the first block, l + 1 after block l
 * @param points as many as there are
 */
export function partsAt(point: number, points: number): NamedPart[] {
  const stream = {
    part: printPart({ kind: 'residual', layer: point }),
    label: point < points - 1 ? `Residual stream into layer ${point}` : 'Residual stream out of the model',
  };
  if (point === 0) return [stream];
  const layer = point - 1;
  return [
    { part: printPart({ kind: 'attention', layer }), label: `Attention of layer ${layer}` },
    { part: printPart({ kind: 'mlp', layer }), label: `MLP of layer ${layer}` },
    stream,
  ];
}

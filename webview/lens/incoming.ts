// Messages from the host with their typed arrays made sure of.
import type { LensCell, LensTable } from '../../src/protocol/lens';
import type { ToLensView } from '../../src/protocol/lensView';
import { asFloat32, asInt32 } from '../shared/arrays';

/** The message as the protocol says it, whatever VS Code made of its typed arrays. */
export function normalise(message: ToLensView): ToLensView {
  if (message.type === 'lens') return { ...message, table: normaliseTable(message.table) };
  if (message.type === 'window') return { ...message, table: normaliseTable(message.table) };
  if (message.type === 'selection' && message.selection?.cell) {
    return { ...message, selection: { ...message.selection, cell: normaliseCell(message.selection.cell) } };
  }
  return message;
}

function normaliseTable(table: LensTable): LensTable {
  const { tokens, pieces } = table;
  return {
    ...table,
    tokens: {
      ...tokens,
      ids: asInt32(tokens.ids),
      starts: asInt32(tokens.starts),
      ends: asInt32(tokens.ends),
    },
    targets: asInt32(table.targets),
    top: asInt32(table.top),
    topProbability: asFloat32(table.topProbability),
    targetProbability: asFloat32(table.targetProbability),
    targetRank: asInt32(table.targetRank),
    divergence: asFloat32(table.divergence),
    entropy: asFloat32(table.entropy),
    pieces: { ...pieces, ids: asInt32(pieces.ids) },
  };
}

function normaliseCell(cell: LensCell): LensCell {
  const { path } = cell;
  return {
    ...cell,
    ids: asInt32(cell.ids),
    probabilities: asFloat32(cell.probabilities),
    ...(path && {
      path: { ...path, probabilities: asFloat32(path.probabilities), ranks: asInt32(path.ranks) },
    }),
  };
}

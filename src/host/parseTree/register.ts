// Parse trees in the editor: stripes, names and hover, for as long as they are not disposed of.
import { type Disposable, DisposableStore } from '../disposables';
import { followCursor } from '../inspection/followCursor';
import { BandPainter } from './bandPainter';
import { registerTreeHover } from './hover';
import { registerNameHints } from './nameHints';
import type { ShownTreesParts } from './shownTrees';
import { followSight, type ParseTreeView } from './view';

export function registerParseTree(
  parts: ShownTreesParts,
  { panel }: ParseTreeView,
): Disposable & { painter: BandPainter } {
  const { highlights, highlight, inspection } = parts;
  const store = new DisposableStore();
  const painter = store.add(new BandPainter(parts));
  store.add(followSight(inspection));
  // Before the view hears of a cursor: it counts tokens of the string under it.
  store.add(followCursor(inspection));
  store.add(registerNameHints(parts));
  store.add(registerTreeHover(inspection, () => panel.isOpen || highlights.shown === highlight));
  return { painter, dispose: () => store.dispose() };
}

// The three pictures of the open head, which share its tiles: map, text and table; and what is saved of them.
import type { AttentionGrid } from '../../src/protocol/attention';
import type { HeadPicture, MapPlace } from '../../src/protocol/attentionView';
import type { FilePart } from '../../src/protocol/runViews';
import { documentName } from '../shared/names';
import { partsOf, sendParts } from '../shared/parts';
import { plain } from '../shared/pieces';
import { readFont } from '../shared/theme';
import type { TokenLinks } from '../shared/tokens';
import { headAt, nameOf } from './heads';
import { makeMap } from './map';
import { paletteOf, thumbnailColours, type Palette } from './palette';
import { csvParts, pngOf, svgOf } from './saving';
import { openRow, type AttentionState } from './state';
import { Strongest } from './strongest';
import { makePatternTable } from './table';
import { makeTextView } from './textView';
import { paintThumbnail } from './thumbnail';
import { TileStore } from './tiles';
import type { TileCalls } from './tileCalls';
import { readPairs } from './wholeMap';

export interface PictureActions {
  dropTiles: (requests: number[]) => void;
  move: (place: MapPlace | undefined) => void;
  pointCell: (cell: { destination: number; source: number } | null) => void;
  chooseCell: (cell: { destination: number; source: number }) => void;
  point: (token: number | null) => void;
  pin: (token: number | null) => void;
  save: (name: string, content: string | Uint8Array, part: FilePart) => void;
}

export interface Pictures {
  elements: Record<HeadPicture, HTMLElement>;
  render(state: AttentionState, palette: Palette, drawn: [number, number][] | undefined): void;
  save(kind: 'svg' | 'png' | 'csv'): Promise<void>;
  copyCsv(): Promise<void>;
}

/** Makes the pictures. */
export function makePictures(links: TokenLinks, calls: TileCalls, actions: PictureActions): Pictures {
  const tiles = new TileStore({
    ask: (version, question) =>
      calls.ask(version, question, ({ tile, failure }, request) => {
        tiles.receive(request, tile, failure);
        // A tile of another version comes with another grid: asking again before would never end.
        if (tile || failure !== undefined) map.redraw();
      }),
    drop(requests) {
      calls.forget(requests);
      if (requests.length > 0) actions.dropTiles(requests);
    },
  });
  const map = makeMap(tiles, { move: actions.move, point: actions.pointCell, choose: actions.chooseCell });
  const text = makeTextView(links, actions);
  const table = makePatternTable(links, actions.point);
  let now: AttentionState | undefined;
  let labels: { grid: AttentionGrid; texts: string[] } | undefined;
  let thumbnail: { key: string; grid: AttentionGrid; canvas: HTMLCanvasElement } | undefined;
  /** What the table shows or reads. */
  let tabled = '';
  let files = 0;

  function labelsOf(grid: AttentionGrid): string[] {
    if (labels?.grid !== grid) {
      const texts = grid.tokens.pieces.map((piece) => plain(piece.trim() || piece));
      labels = { grid, texts };
    }
    return labels.texts;
  }

  function thumbnailOf(state: AttentionState, palette: Palette): HTMLCanvasElement | undefined {
    const { grid, settings, gridHidesSink } = state;
    if (!grid || settings.weighted || settings.hideSink !== gridHidesSink) return undefined;
    const row = openRow(state);
    const key = `${row} ${palette.name}`;
    if (thumbnail?.key !== key || thumbnail.grid !== grid) {
      const canvas = document.createElement('canvas');
      paintThumbnail(canvas, grid, row, thumbnailColours(palette));
      thumbnail = { key, grid, canvas };
    }
    return thumbnail.canvas;
  }

  function showMap(state: AttentionState, palette: Palette, drawn: [number, number][] | undefined): void {
    const { grid, settings, focus, gridHidesSink } = state;
    const { hideSink, weighted } = settings;
    const row = openRow(state);
    const known = !weighted && hideSink === gridHidesSink ? grid!.thumbnails.maximum[row] : 0;
    tiles.setSubject({
      version: grid!.source.version,
      tokens: grid!.tokens.pieces.length,
      interventions: grid!.source.interventions,
      model: grid!.source.model,
      uri: grid!.source.uri,
      head: headAt(grid!, row),
      hideSink,
      weighted,
      maximum: Number.isFinite(known) ? known : 0,
    });
    const input = {
      grid: grid!,
      row,
      hideSink,
      labels: labelsOf(grid!),
      thumbnail: thumbnailOf(state, palette),
      token: focus.token,
      weighted,
      drawn,
    };
    map.show(input, settings.place, palette);
  }

  /** Reads the whole map into the table, unless it is there. */
  async function fillTable(state: AttentionState): Promise<void> {
    const { grid, settings } = state;
    const question = questionOf(state)!;
    const key = JSON.stringify([grid!.source, question]);
    if (key === tabled || settings.picture !== 'table') return;
    tabled = key;
    const strongest = new Strongest(grid!.tokens.pieces.length);
    table.show(grid!.tokens.pieces, strongest);
    const isWhole = await readPairs(
      grid!,
      question,
      (each) => (tabled === key ? calls.call(grid!.source.version, each) : Promise.resolve(undefined)),
      (pairs) => {
        strongest.add(pairs);
        if (tabled === key) table.refresh();
      },
    );
    if (!isWhole && tabled === key) tabled = '';
  }

  async function csv(): Promise<string | undefined> {
    const question = now && questionOf(now);
    if (!now?.grid || !question) return undefined;
    const { grid } = now;
    const parts: string[] = [];
    const isWhole = await csvParts(
      grid,
      question,
      (each) => calls.call(grid.source.version, each),
      (part) => void parts.push(part),
    );
    return isWhole ? parts.join('') : undefined;
  }

  async function contentOf(
    kind: 'svg' | 'png' | 'csv',
    title: string,
  ): Promise<string | Uint8Array | undefined> {
    if (kind === 'csv') return csv();
    const picture = map.picture();
    if (!picture) return undefined;
    return kind === 'svg' ? svgOf(picture, title, readFont()) : pngOf(picture, title, readFont());
  }

  return {
    elements: { map: map.element, text: text.element, table: table.element },
    render(state, palette, drawn) {
      now = state;
      if (!state.grid || openRow(state) < 0) return;
      if (state.settings.picture === 'map') {
        showMap(state, paletteOf(palette, headAt(state.grid, openRow(state)).head), drawn);
      }
      if (state.settings.picture === 'table') void fillTable(state);
      text.render(state);
    },
    async save(kind) {
      if (!now?.grid) return;
      const { source } = now.grid;
      const head = nameOf(headAt(now.grid, openRow(now)));
      const name = documentName(source.uri);
      const content = await contentOf(kind, `${head} · ${name} · ${source.modelName}`);
      if (content === undefined) return;
      const file = files++;
      const fileName = `${name.replace(/\.\w+$/, '')}-${head.replace(' ', '')}.${kind}`;
      await sendParts(
        partsOf(content),
        (part, index, isLast) => actions.save(fileName, part, { file, index, isLast }),
        () => new Promise((resolve) => setTimeout(resolve)),
      );
    },
    async copyCsv() {
      const text = await csv();
      if (text !== undefined) await navigator.clipboard.writeText(text);
    },
  };
}

function questionOf(
  state: AttentionState,
): { layer: number; head: number; hideSink: boolean; weighted: boolean } | undefined {
  const row = openRow(state);
  if (!state.grid || row < 0) return undefined;
  const { hideSink, weighted } = state.settings;
  return { ...headAt(state.grid, row), hideSink, weighted };
}

// The map as a picture, and the pattern as rows of a file.
import type { AttentionGrid, TileQuestion } from '../../src/protocol/attention';
import { toCsv } from '../shared/clipboard';
import { shortest } from '../shared/numbers';
import { drawMap, EDGE, type MapPicture } from './mapDrawing';
import { canvasSurface, svgMapSurface, type MapSurface } from './mapSurface';
import { readPairs, type AskTile } from './wholeMap';

const TITLE = 24;
const MARGIN = 12;
/** Pixels of a PNG per pixel of the page. */
const SCALE = 2;

/** The map as an SVG document: its cells as a picture, words and lines as what they are. */
export function svgOf(picture: MapPicture, title: string, font: string): string {
  const surface = svgMapSurface({ ...sizeOf(picture), title }, font);
  drawTitled(surface, picture, title);
  return surface.document();
}

/** The map as the bytes of a PNG. */
export async function pngOf(picture: MapPicture, title: string, font: string): Promise<Uint8Array> {
  const { width, height } = sizeOf(picture);
  const canvas = document.createElement('canvas');
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  context.fillStyle = picture.palette.css.background;
  context.fillRect(0, 0, width, height);
  context.translate(0, TITLE);
  drawMap(canvasSurface(context, font), still(picture));
  canvasSurface(context, font).text(
    title,
    MARGIN,
    -TITLE / 2,
    picture.palette.css.foreground,
    'start',
    false,
  );
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
}

function sizeOf({ size }: MapPicture): { width: number; height: number } {
  return {
    width: Math.ceil(EDGE.left + size.width + MARGIN),
    height: Math.ceil(TITLE + EDGE.top + size.height + MARGIN),
  };
}

function drawTitled(surface: MapSurface, picture: MapPicture, title: string): void {
  const { width, height } = sizeOf(picture);
  surface.box(0, 0, width, height, picture.palette.css.background);
  drawMap(movedBy(surface, TITLE), still(picture));
  surface.text(title, MARGIN, TITLE / 2, picture.palette.css.foreground, 'start', false);
}

/** Without what the pointer marks. */
function still(picture: MapPicture): MapPicture {
  return { ...picture, pointed: undefined, drawn: [] };
}

/** Draws further down. */
function movedBy(surface: MapSurface, down: number): MapSurface {
  return {
    box: (x, y, width, height, fill) => surface.box(x, y + down, width, height, fill),
    frame: (x, y, width, height, colour) => surface.frame(x, y + down, width, height, colour),
    line: (x1, y1, x2, y2, colour, dashed) => surface.line(x1, y1 + down, x2, y2 + down, colour, dashed),
    image: (picture, from, to) => surface.image(picture, from, { ...to, y: to.y + down }),
    text: (text, x, y, colour, align, upright) => surface.text(text, x, y + down, colour, align, upright),
    clipped: (area, draw) => surface.clipped({ ...area, y: area.y + down }, draw),
  };
}

/** Pairs of tokens as CSV, block by block; the first part has the head row. Throws where the text is another by now. */
export async function csvParts(
  grid: AttentionGrid,
  question: Pick<TileQuestion, 'layer' | 'head' | 'hideSink' | 'weighted'>,
  ask: AskTile,
  take: (part: string) => void | Promise<void>,
): Promise<boolean> {
  await take(toCsv([['destination', 'destination_piece', 'source', 'source_piece', 'attention']]));
  const { pieces } = grid.tokens;
  return readPairs(grid, question, ask, (pairs) =>
    take(
      toCsv(
        pairs.map(({ destination, source, value }) => [
          destination,
          pieces[destination],
          source,
          pieces[source],
          shortest(value),
        ]),
      ),
    ),
  );
}

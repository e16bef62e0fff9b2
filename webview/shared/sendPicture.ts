// Sends what a page saves to the host, which asks where it goes.
import type { FilePart } from '../../src/protocol/runViews';
import { makeCanvasSurface } from './canvasSurface';
import { partsOf, sendParts, type Content } from './parts';
import { pngPicture, svgPicture, type Drawing } from './picture';
import { readFont } from './theme';

export interface SavedPart {
  type: 'save';
  name: string;
  content: string | Uint8Array;
  part: FilePart;
}

export type SendPicture = (drawing: Drawing, kind: 'svg' | 'png', name: string) => Promise<void>;

export interface FileSender {
  sendPicture: SendPicture;
  /** @param text whole, or in parts that a message can carry */
  sendText(text: string | Iterable<string>, name: string): Promise<void>;
}

/** Numbers the files that a page saves. */
export function makeFileSender(post: (message: SavedPart) => void): FileSender {
  const pen = makeCanvasSurface(document.createElement('canvas').getContext('2d')!, readFont());
  let files = 0;
  const send = (parts: Iterable<Content>, name: string): Promise<void> => {
    const file = files++;
    return sendParts(
      parts,
      (part, index, isLast) => post({ type: 'save', name, content: part, part: { file, index, isLast } }),
      () => new Promise((resolve) => setTimeout(resolve)),
    );
  };
  return {
    async sendPicture(drawing, kind, name) {
      const font = readFont();
      const content =
        kind === 'svg' ? svgPicture(drawing, font, pen.measure) : await pngPicture(drawing, font);
      await send(partsOf(content), name);
    },
    sendText: (text, name) => send(typeof text === 'string' ? partsOf(text) : text, name),
  };
}

/** As `makeFileSender`, for a page that saves pictures alone. */
export function makePictureSender(post: (message: SavedPart) => void): SendPicture {
  return makeFileSender(post).sendPicture;
}

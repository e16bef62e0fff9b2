// The small pictures of heads.
import type { AttentionGrid } from '../../src/protocol/attention';

/** Paints the picture of the head in a row of the grid; `colours` as `thumbnailColours` makes them. */
export function paintThumbnail(
  canvas: HTMLCanvasElement,
  { thumbnails: { side, cells } }: AttentionGrid,
  row: number,
  colours: Uint32Array,
): void {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const pixels = new Uint32Array(side * side);
  const first = row * side * side;
  for (let cell = 0; cell < pixels.length; cell++) pixels[cell] = colours[cells[first + cell]];
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), side, side);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

// What SVG documents are written with, as text, so that they need no page.
import { type Box, FONT_SIZE } from './surface';

/** A document with these elements; sizes in pixels. */
export function svgDocument(
  { width, height, title }: { width: number; height: number; title: string },
  font: string,
  elements: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(font)}" font-size="${FONT_SIZE}">`,
    `<title>${escaped(title)}</title>`,
    ...elements,
    '</svg>',
    '',
  ].join('\n');
}

/** The attributes of a rectangle. */
export function boxOf({ x, y, width, height }: Box): string {
  return `x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}"`;
}

/** Draws within a box only; `index` counts the clips of the document. */
export function clip(parts: string[], index: number, box: Box, draw: () => void): void {
  const id = `clip${index}`;
  parts.push(`<clipPath id="${id}"><rect ${boxOf(box)}/></clipPath>`, `<g clip-path="url(#${id})">`);
  draw();
  parts.push('</g>');
}

/** To a hundredth of a pixel. */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

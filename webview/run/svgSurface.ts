// The chart as an SVG document, written as text so that it needs no page.
import { corners, FONT_SIZE, stretchesOf, type Points, type Stroke, type Surface } from './surface';
import type { Shape } from './palette';

export interface SvgSurface extends Surface {
  /** The document so far. */
  document(): string;
}

/** A surface of a size in pixels; `measure` gives the width of a text. */
export function makeSvgSurface(
  size: { width: number; height: number; title: string },
  font: string,
  measure: (text: string) => number,
): SvgSurface {
  const { width, height, title } = size;
  const parts: string[] = [];
  let clips = 0;
  return {
    measure,
    line(points, stroke) {
      const path = pathOf(points);
      if (path !== '')
        parts.push(`<path d="${path}" fill="none" ${strokeOf(stroke)} stroke-linejoin="bevel"/>`);
    },
    band(points, fill, opacity) {
      const { x, top, bottom } = points;
      for (const { start, end } of stretchesOf(points)) {
        const corner = (index: number, y: number): string => `${round(x[index])} ${round(y)}`;
        const along = Array.from({ length: end - start }, (_, at) => start + at);
        const there = along.map((index) => corner(index, top[index]));
        const back = along.reverse().map((index) => corner(index, bottom[index]));
        parts.push(
          `<path d="M${[...there, ...back].join('L')}Z" fill="${escape(fill)}" fill-opacity="${opacity}"/>`,
        );
      }
    },
    marks(shape, { x, y, length }, markSize, stroke, fill) {
      const style = `fill="${escape(fill)}" ${strokeOf({ ...stroke, dash: [] })}`;
      for (let index = 0; index < length; index++) {
        if (Number.isNaN(y[index])) continue;
        parts.push(markOf(shape, x[index], y[index], markSize, style));
      }
    },
    box({ x, y, width: boxWidth, height: boxHeight }, fill) {
      parts.push(
        `<rect x="${round(x)}" y="${round(y)}" width="${round(boxWidth)}" height="${round(boxHeight)}" fill="${escape(fill)}"/>`,
      );
    },
    text(text, x, y, { colour, align, bold }) {
      const weight = bold ? ' font-weight="600"' : '';
      parts.push(
        `<text x="${round(x)}" y="${round(y)}" dominant-baseline="central" text-anchor="${align}" fill="${escape(colour)}"${weight}>${escape(text)}</text>`,
      );
    },
    clipped({ x, y, width: boxWidth, height: boxHeight }, draw) {
      const id = `clip${clips++}`;
      parts.push(
        `<clipPath id="${id}"><rect x="${round(x)}" y="${round(y)}" width="${round(boxWidth)}" height="${round(boxHeight)}"/></clipPath>`,
        `<g clip-path="url(#${id})">`,
      );
      draw();
      parts.push('</g>');
    },
    document: () =>
      [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escape(font)}" font-size="${FONT_SIZE}">`,
        `<title>${escape(title)}</title>`,
        ...parts,
        '</svg>',
        '',
      ].join('\n'),
  };
}

function pathOf({ x, y, length }: Points): string {
  const commands: string[] = [];
  let isDrawing = false;
  for (let index = 0; index < length; index++) {
    if (Number.isNaN(y[index])) isDrawing = false;
    else {
      commands.push(`${isDrawing ? 'L' : 'M'}${round(x[index])} ${round(y[index])}`);
      isDrawing = true;
    }
  }
  return commands.join('');
}

function markOf(shape: Shape, x: number, y: number, size: number, style: string): string {
  if (shape === 'circle') return `<circle cx="${round(x)}" cy="${round(y)}" r="${size}" ${style}/>`;
  const points = corners[shape].map(
    ([right, down]) => `${round(x + right * size)},${round(y + down * size)}`,
  );
  return `<polygon points="${points.join(' ')}" ${style}/>`;
}

function strokeOf({ colour, width, opacity, dash = [] }: Stroke): string {
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
  const faint = opacity === undefined ? '' : ` stroke-opacity="${opacity}"`;
  return `stroke="${escape(colour)}" stroke-width="${width}"${dashes}${faint}`;
}

/** To a hundredth of a pixel. */
function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escape(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

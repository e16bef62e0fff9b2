// A picture as an SVG document, written as text so that it needs no page.
import { corners, stretchesOf, type Points, type Shape, type Stroke, type Surface } from './surface';
import { boxOf, clip, escaped, rounded, svgDocument } from './svgText';

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
        const corner = (index: number, y: number): string => `${rounded(x[index])} ${rounded(y)}`;
        const along = Array.from({ length: end - start }, (_, at) => start + at);
        const there = along.map((index) => corner(index, top[index]));
        const back = along.reverse().map((index) => corner(index, bottom[index]));
        parts.push(
          `<path d="M${[...there, ...back].join('L')}Z" fill="${escaped(fill)}" fill-opacity="${opacity}"/>`,
        );
      }
    },
    marks(shape, { x, y, length }, markSize, stroke, fill) {
      const style = `fill="${escaped(fill)}" ${strokeOf({ ...stroke, dash: [] })}`;
      for (let index = 0; index < length; index++) {
        if (Number.isNaN(y[index])) continue;
        parts.push(markOf(shape, x[index], y[index], markSize, style));
      }
    },
    box: (box, fill) => void parts.push(`<rect ${boxOf(box)} fill="${escaped(fill)}"/>`),
    text(text, x, y, { colour, align, bold }) {
      const weight = bold ? ' font-weight="600"' : '';
      parts.push(
        `<text x="${rounded(x)}" y="${rounded(y)}" dominant-baseline="central" text-anchor="${align}" fill="${escaped(colour)}"${weight}>${escaped(text)}</text>`,
      );
    },
    clipped: (box, draw) => clip(parts, clips++, box, draw),
    document: () => svgDocument(size, font, parts),
  };
}

function pathOf({ x, y, length }: Points): string {
  const commands: string[] = [];
  let isDrawing = false;
  for (let index = 0; index < length; index++) {
    if (Number.isNaN(y[index])) isDrawing = false;
    else {
      commands.push(`${isDrawing ? 'L' : 'M'}${rounded(x[index])} ${rounded(y[index])}`);
      isDrawing = true;
    }
  }
  return commands.join('');
}

function markOf(shape: Shape, x: number, y: number, size: number, style: string): string {
  if (shape === 'circle') return `<circle cx="${rounded(x)}" cy="${rounded(y)}" r="${size}" ${style}/>`;
  const points = corners[shape].map(
    ([right, down]) => `${rounded(x + right * size)},${rounded(y + down * size)}`,
  );
  return `<polygon points="${points.join(' ')}" ${style}/>`;
}

function strokeOf({ colour, width, opacity, dash = [] }: Stroke): string {
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
  const faint = opacity === undefined ? '' : ` stroke-opacity="${opacity}"`;
  return `stroke="${escaped(colour)}" stroke-width="${width}"${dashes}${faint}`;
}

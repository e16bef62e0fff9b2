// What a map is drawn on: a canvas, or an SVG document with the same picture.
import { type Box, FONT_SIZE } from '../shared/surface';
import { boxOf, clip, escaped, rounded, svgDocument } from '../shared/svgText';

export interface MapSurface {
  box(x: number, y: number, width: number, height: number, fill: string): void;
  frame(x: number, y: number, width: number, height: number, colour: string): void;
  line(x1: number, y1: number, x2: number, y2: number, colour: string, dashed: boolean): void;
  /** Draws a part of a picture, its pixels as squares. */
  image(picture: HTMLCanvasElement, from: Box, to: Box): void;
  /** Centred on `y`, or on `x` where it stands upright, reading upwards. */
  text(text: string, x: number, y: number, colour: string, align: 'start' | 'end', upright: boolean): void;
  clipped(area: Box, draw: () => void): void;
}

/** A surface on a canvas whose transform is set to CSS pixels. */
export function canvasSurface(context: CanvasRenderingContext2D, font: string): MapSurface {
  return {
    box(x, y, width, height, fill) {
      context.fillStyle = fill;
      context.fillRect(x, y, width, height);
    },
    frame(x, y, width, height, colour) {
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.setLineDash([]);
      context.strokeRect(
        Math.round(x) + 0.5,
        Math.round(y) + 0.5,
        Math.round(width) - 1,
        Math.round(height) - 1,
      );
    },
    line(x1, y1, x2, y2, colour, dashed) {
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.setLineDash(dashed ? [4, 3] : []);
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
    },
    image(picture, from, to) {
      context.imageSmoothingEnabled = false;
      context.drawImage(picture, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height);
    },
    text(text, x, y, colour, align, upright) {
      context.font = `${FONT_SIZE}px ${font}`;
      context.fillStyle = colour;
      context.textBaseline = 'middle';
      context.textAlign = align;
      if (!upright) {
        context.fillText(text, x, y);
        return;
      }
      context.save();
      context.translate(x, y);
      context.rotate(-Math.PI / 2);
      context.fillText(text, 0, 0);
      context.restore();
    },
    clipped({ x, y, width, height }, draw) {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      draw();
      context.restore();
    },
  };
}

/** A surface whose drawing `document` gives as SVG; cells are pictures in it, all else stays lines and text. */
export function svgMapSurface(
  size: { width: number; height: number; title: string },
  font: string,
): MapSurface & { document(): string } {
  const parts: string[] = [];
  let clips = 0;
  return {
    box: (x, y, w, h, fill) =>
      void parts.push(`<rect ${boxOf({ x, y, width: w, height: h })} fill="${escaped(fill)}"/>`),
    frame: (x, y, w, h, colour) =>
      void parts.push(
        `<rect ${boxOf({ x: x + 0.5, y: y + 0.5, width: w - 1, height: h - 1 })} fill="none" stroke="${escaped(colour)}"/>`,
      ),
    line: (x1, y1, x2, y2, colour, dashed) =>
      void parts.push(
        `<path d="M${rounded(x1)} ${rounded(y1)}L${rounded(x2)} ${rounded(y2)}" stroke="${escaped(colour)}"${dashed ? ' stroke-dasharray="4 3"' : ''}/>`,
      ),
    image(picture, from, to) {
      const cut = document.createElement('canvas');
      cut.width = Math.max(1, Math.round(from.width));
      cut.height = Math.max(1, Math.round(from.height));
      const context = cut.getContext('2d')!;
      context.imageSmoothingEnabled = false;
      context.drawImage(picture, from.x, from.y, from.width, from.height, 0, 0, cut.width, cut.height);
      parts.push(
        `<image ${boxOf(to)} preserveAspectRatio="none" style="image-rendering:pixelated" href="${cut.toDataURL('image/png')}"/>`,
      );
    },
    text(text, x, y, colour, align, upright) {
      const turned = upright ? ` transform="rotate(-90 ${rounded(x)} ${rounded(y)})"` : '';
      parts.push(
        `<text x="${rounded(x)}" y="${rounded(y)}" dominant-baseline="central" text-anchor="${align}" fill="${escaped(colour)}"${turned}>${escaped(text)}</text>`,
      );
    },
    clipped: (area, draw) => clip(parts, clips++, area, draw),
    document: () => svgDocument(size, font, parts),
  };
}

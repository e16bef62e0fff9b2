// A picture on a canvas.
import { corners, FONT_SIZE, stretchesOf, type Stroke, type Surface } from './surface';

type Context = CanvasRenderingContext2D;

export interface CanvasSurface extends Surface {
  /** Writes in another font from now on. */
  useFont(font: string): void;
}

/** Texts of which the widths are kept: those of some frames. */
const MOST_WIDTHS = 500;

/** A surface on a canvas whose transform is set to CSS pixels. */
export function makeCanvasSurface(context: Context, initialFont: string): CanvasSurface {
  let font = initialFont;
  // Ticks are measured in every frame, and are mostly those of the frame before.
  const widths = new Map<string, number>();
  const setStroke = ({ colour, width, opacity = 1, dash = [] }: Stroke): void => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.globalAlpha = opacity;
    context.setLineDash([...dash]);
    context.lineJoin = 'bevel';
  };
  const setFont = (bold = false): void => {
    context.font = `${bold ? '600 ' : ''}${FONT_SIZE}px ${font}`;
  };
  return {
    line({ x, y, length }, stroke) {
      setStroke(stroke);
      context.beginPath();
      let isDrawing = false;
      for (let index = 0; index < length; index++) {
        const at = y[index];
        if (at !== at) isDrawing = false;
        else if (isDrawing) context.lineTo(x[index], at);
        else {
          context.moveTo(x[index], at);
          isDrawing = true;
        }
      }
      context.stroke();
      context.globalAlpha = 1;
    },
    band(points, fill, opacity) {
      const { x, top, bottom } = points;
      context.fillStyle = fill;
      context.globalAlpha = opacity;
      for (const { start, end } of stretchesOf(points)) {
        context.beginPath();
        context.moveTo(x[start], top[start]);
        for (let index = start + 1; index < end; index++) context.lineTo(x[index], top[index]);
        for (let index = end - 1; index >= start; index--) context.lineTo(x[index], bottom[index]);
        context.fill();
      }
      context.globalAlpha = 1;
    },
    marks(shape, { x, y, length }, size, stroke, fill) {
      setStroke({ ...stroke, dash: [] });
      context.fillStyle = fill;
      context.beginPath();
      for (let index = 0; index < length; index++) {
        if (Number.isNaN(y[index])) continue;
        addMark(context, shape, x[index], y[index], size);
      }
      context.fill();
      context.stroke();
      context.globalAlpha = 1;
    },
    box({ x, y, width, height }, fill) {
      context.fillStyle = fill;
      context.fillRect(x, y, width, height);
    },
    text(text, x, y, { colour, align, bold }) {
      setFont(bold);
      context.fillStyle = colour;
      context.textBaseline = 'middle';
      context.textAlign = align === 'middle' ? 'center' : align;
      context.fillText(text, x, y);
    },
    clipped({ x, y, width, height }, draw) {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      draw();
      context.restore();
    },
    measure(text) {
      const known = widths.get(text);
      if (known !== undefined) return known;
      setFont();
      const { width } = context.measureText(text);
      // Zooming brings ever other ticks.
      if (widths.size >= MOST_WIDTHS) widths.clear();
      widths.set(text, width);
      return width;
    },
    useFont(next) {
      if (next === font) return;
      font = next;
      widths.clear();
    },
  };
}

function addMark(context: Context, shape: keyof typeof corners, x: number, y: number, size: number): void {
  if (shape === 'circle') {
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 2 * Math.PI);
    return;
  }
  corners[shape].forEach(([right, down], index) => {
    if (index === 0) context.moveTo(x + right * size, y + down * size);
    else context.lineTo(x + right * size, y + down * size);
  });
  context.closePath();
}

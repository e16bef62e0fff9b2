// Colours of attention: the head's hue with more or less of it over the background, on a ramp that keeps weak values
// visible; what is masked, hidden or no number has colours of its own.
import { HIDDEN_CELL, LEAST_SHOWN, MASKED_CELL } from '../../src/protocol/attention';
import { headHue } from '../shared/hues';
import { themeKind } from '../shared/theme';
import { halves } from './half';

type Rgb = readonly [number, number, number];

export interface Palette {
  /** Tells it from the palette of another theme. */
  name: string;
  kind: 'dark' | 'light';
  /** The largest attention. */
  strong: Rgb;
  masked: Rgb;
  hidden: Rgb;
  broken: Rgb;
  /** Written as CSS. */
  css: {
    background: string;
    foreground: string;
    quiet: string;
    strong: string;
    other: string;
    focus: string;
    line: string;
  };
}

/** Reads the colours that the theme has now. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string): string =>
    style.getPropertyValue(name).trim() || fallback;
  const foreground = variable('--vscode-foreground', style.color);
  const background = variable('--vscode-editor-background', '#ffffff');
  const strong = variable('--vscode-subtext-activationPositive', '#3794ff');
  const paint = painter();
  const css = {
    background,
    foreground,
    quiet: variable('--vscode-descriptionForeground', foreground),
    strong,
    other: variable('--vscode-subtext-activationNegative', '#d2731a'),
    focus: variable('--vscode-focusBorder', foreground),
    line: foreground,
  };
  const mixed = (share: number): Rgb => {
    const [front, back] = [paint(foreground), paint(background)];
    return [0, 1, 2].map((channel) =>
      Math.round(back[channel] + share * (front[channel] - back[channel])),
    ) as unknown as Rgb;
  };
  const palette = {
    kind: themeKind(),
    strong: paint(strong),
    masked: mixed(0.09),
    hidden: mixed(0.2),
    broken: paint(variable('--vscode-errorForeground', '#f14c4c')),
    css,
  };
  return { ...palette, name: JSON.stringify(palette) };
}

/** The colours of a head's cells: its hue in its layer. */
export function paletteOf(palette: Palette, head: number): Palette {
  const hue = headHue(head, palette.kind);
  const strong = [1, 3, 5].map((at) => parseInt(hue.slice(at, at + 2), 16)) as unknown as Rgb;
  return { ...palette, strong, name: `${palette.name} ${hue}` };
}

/** What a CSS colour is in red, green and blue. */
function painter(): (colour: string) => Rgb {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  };
}

/** How strong a value looks, 0…1, given the largest: 0.05 + 0.95·log10(1 + 9·value/largest). */
export function rampOf(value: number, largest: number): number {
  if (!(value >= LEAST_SHOWN)) return 0;
  return 0.05 + 0.95 * Math.log10(1 + 9 * Math.min(1, largest > 0 ? value / largest : 1));
}

/** Colours of a tile's cells by their bits, as ImageData holds them. */
export function tileColours(palette: Palette, largest: number): Uint32Array {
  const colours = new Uint32Array(65_536);
  // What is no number: all bits of the exponent are set.
  for (const first of [0x7c00, 0xfc00]) colours.fill(rgba(palette.broken, 1), first, first + 0x400);
  for (let bits = 1; bits < 0x7c00; bits++) {
    colours[bits] = rgba(palette.strong, rampOf(halves[bits], largest));
  }
  colours[HIDDEN_CELL] = rgba(palette.hidden, 1);
  colours[MASKED_CELL] = rgba(palette.masked, 1);
  return colours;
}

/** Colours of a thumbnail's cells, which are on the ramp already. */
export function thumbnailColours(palette: Palette): Uint32Array {
  const colours = new Uint32Array(256);
  for (let level = 1; level < 255; level++) colours[level] = rgba(palette.strong, level / 254);
  colours[255] = rgba(palette.broken, 1);
  return colours;
}

function rgba([red, green, blue]: Rgb, opacity: number): number {
  return ((Math.round(255 * opacity) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

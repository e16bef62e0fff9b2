// The small histogram in a row: the neuron's largest activation in each stretch of the text. An SVG path, so that it
// is crisp at every density and takes its colour from the style sheet.
import { PROFILE_BINS } from '../../src/protocol/types';
import { makeSvg } from '../shared/elements';

/** Pixels from one bar to the next, and its width. */
const PITCH = 4;
const BAR = 3;
const HEIGHT = 14;

export interface Profile {
  element: SVGSVGElement;
  /** Draws the bins of a row. */
  draw(profile: Uint8Array, row: number): void;
}

/** Makes an empty profile. */
export function makeProfile(): Profile {
  const path = makeSvg('path');
  const width = PROFILE_BINS * PITCH;
  const element = makeSvg(
    'svg',
    { class: 'profile', width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, 'aria-hidden': 'true' },
    path,
  );
  return { element, draw: (profile, row) => path.setAttribute('d', barsOf(profile, row)) };
}

/** The path of a row's bars; an empty bin keeps a line of one pixel. */
export function barsOf(profile: Uint8Array, row: number): string {
  let path = '';
  for (let bin = 0; bin < PROFILE_BINS; bin++) {
    const height = Math.max(1, Math.round((profile[row * PROFILE_BINS + bin] / 255) * HEIGHT));
    path += `M${bin * PITCH} ${HEIGHT}v-${height}h${BAR}v${height}z`;
  }
  return path;
}

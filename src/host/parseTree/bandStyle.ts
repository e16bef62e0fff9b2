// How stripes look. VS Code draws one line under a text at most, so that several are a background, which a decoration
// type brings as CSS behind its `text-decoration`.
import { stripesOf, type Stripe } from './bands';

/** Pixels of a stripe, of the room between two, and between the text and the first. */
const [STRIPE, ROOM, FIRST] = [2, 1, 1];
/** Pixels of a dot and of what follows it. */
const DOTS = [3, 2];
/** Colours; deeper trees begin again. */
export const TREE_COLOURS = 6;

/** The theme colour of a level, as package.json contributes it. */
export function levelColour(level: number): string {
  return `subtext.treeLevel${((level - 2) % TREE_COLOURS) + 1}`;
}

/** Value of `text-decoration` with the CSS of all stripes of a combination. */
export function bandCss(combination: string): string {
  const stripes = stripesOf(combination);
  const height = FIRST + stripes.length * (STRIPE + ROOM);
  const layers = stripes.flatMap((stripe, index) =>
    layerOf(stripe, height - FIRST - index * (STRIPE + ROOM) - STRIPE),
  );
  return `none; padding-bottom: ${height}px; background: ${layers.join(', ')}`;
}

/** @param bottom pixels from the lower edge */
function layerOf({ level, mark }: Stripe, bottom: number): string[] {
  if (mark === 'none') return [];
  const colour = `var(--vscode-${levelColour(level).replace('.', '-')})`;
  const image =
    mark === 'right'
      ? `linear-gradient(${colour}, ${colour})`
      : `repeating-linear-gradient(90deg, ${colour} 0 ${DOTS[0]}px, transparent ${DOTS[0]}px ${DOTS[0] + DOTS[1]}px)`;
  return [`${image} left 0 bottom ${bottom}px / 100% ${STRIPE}px no-repeat`];
}

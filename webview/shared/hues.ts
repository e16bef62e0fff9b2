// Colours that tell things of one kind apart: runs, heads. People with the common kinds of colour blindness can tell them
// apart (after Okabe and Ito, made lighter or darker until they stand out from the background); a name, or dashes and
// marks, always say the same without colour.

export const hues = {
  dark: ['#56b4e9', '#e69f00', '#26ec8b', '#f3fa2b', '#cea9be', '#e0693a'],
  light: ['#0072b2', '#b87400', '#08604a', '#74742e', '#b73d80', '#ba1d00'],
} as const;

/** Without the last, which is near the red of what is no number; pink can be stronger then, and a faint map is seen. */
export const headHues = {
  dark: [...hues.dark.slice(0, 4), '#f078b0'],
  light: hues.light.slice(0, 5),
} as const;

/** The colour of the head of this index in its layer. Colours come again: a head's name stands beside it. */
export function headHue(head: number, kind: keyof typeof headHues): string {
  const colours = headHues[kind];
  return colours[head % colours.length];
}

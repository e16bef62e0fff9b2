// What the neuron in focus looks like on the screen: the strength behind every character, and the marks of the ruler.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { contributes } from '../../../package.json';
import type { Box, EditorDecoration } from './editor-text';
import { editorContents, textEditor } from './text-editor';

/** A character on the screen. */
export interface PaintedCharacter {
  /** Where it stands in the text, in UTF-16 units. */
  offset: number;
  box: Box;
  /** Strength of the colour behind it, by the dark theme: 1 to 10, negative ones below 0; 0 where there is none. */
  level: number;
}

const levels = Array.from({ length: 10 }, (_, index) => index + 1).flatMap((level) => [
  { level, color: darkColor(`subtext.activationPositive${level}`) },
  { level: -level, color: darkColor(`subtext.activationNegative${level}`) },
]);

/** Red, green and blue, 0…255, and opacity, 0…1, of a colour of ours in the dark theme. */
function darkColor(id: string): number[] {
  const hex = contributes.colors.find((color) => color.id === id)?.defaults.dark ?? '';
  const [red, green, blue, alpha = 255] = (hex.slice(1).match(/../g) ?? []).map((part) => parseInt(part, 16));
  return [red, green, blue, alpha / 255];
}

function levelOf(background: string): number {
  const [red, green, blue, alpha = 1] = (background.match(/[\d.]+/g) ?? []).map(Number);
  if (alpha === 0) return 0;
  // VS Code writes opacities with two decimals.
  const found = levels.find(
    ({ color }) =>
      color[0] === red && color[1] === green && color[2] === blue && Math.abs(color[3] - alpha) < 0.006,
  );
  assert.ok(found, `${background} is no colour of an activation in the dark theme`);
  return found.level;
}

/** The characters of `text` that can be seen, which the editor shows from its first line on, without wrapping. */
export async function paintedCharacters(page: Page, text: string): Promise<PaintedCharacter[]> {
  const { lines, boxes, decorations, view } = await editorContents(page);
  const wanted = text.split('\n');
  assert.deepEqual(lines, wanted.slice(0, lines.length), 'the editor shows another text');
  const backgrounds = decorations.filter(({ kind }) => kind === 'background');
  let start = 0;
  return boxes.flatMap((row, line) => {
    const lineStart = start;
    start += wanted[line].length + 1;
    return row.flatMap((box, column) =>
      isInside(box, view) ? [{ offset: lineStart + column, box, level: levelBehind(box, backgrounds) }] : [],
    );
  });
}

function levelBehind(box: Box, backgrounds: readonly EditorDecoration[]): number {
  const behind = backgrounds
    .filter((decoration) => isInside(middleOf(box), decoration.box))
    .map(({ background }) => levelOf(background))
    .filter((level) => level !== 0);
  assert.ok(behind.length <= 1, 'a character is painted twice');
  return behind.at(0) ?? 0;
}

function middleOf({ left, top, width, height }: Box): Box {
  return { left: left + width / 2, top: top + height / 2, width: 0, height: 0 };
}

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left &&
    inner.left + inner.width <= outer.left + outer.width &&
    inner.top >= outer.top &&
    inner.top + inner.height <= outer.top + outer.height
  );
}

/** A mark in the overview ruler: its first and the next free row of pixels. */
export interface RulerMark {
  top: number;
  bottom: number;
}

/** The marks of strong positive tokens in the overview ruler of the dark theme; touching ones are one. */
export async function rulerMarks(page: Page): Promise<RulerMark[]> {
  const [red, green, blue] = darkColor('subtext.activationPositive');
  const ruler = textEditor(page).locator('canvas.decorationsOverviewRuler');
  return ruler.evaluate(
    (canvas: HTMLCanvasElement, color) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
      const marks: RulerMark[] = [];
      for (let y = 0; y < height; y++) {
        let isMarked = false;
        for (let x = 0; x < width; x++) {
          const at = 4 * (y * width + x);
          isMarked ||= color.every((part, channel) => Math.abs(data[at + channel] - part) <= 2);
        }
        const last = marks.at(-1);
        if (isMarked && last?.bottom === y) last.bottom++;
        else if (isMarked) marks.push({ top: y, bottom: y + 1 });
      }
      return marks;
    },
    [red, green, blue],
  );
}

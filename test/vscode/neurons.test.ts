// Top-activating neurons in the extension under development, on the lowest supported VS Code, by mouse and keyboard.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { writeRandomCheckpoint } from '../support/randomModel';
import { storyFolder } from '../support/story';
import { markedLines } from './flows/expectedPaint';
import { expectPaint } from './flows/paint';
import { countsTokens, showTopNeurons, type TopNeurons } from './flows/topNeurons';
import { Twin, type ExpectedNeuron } from './flows/twin';
import { paintedCharacters, rulerMarks } from './harness/painted';
import { backendsOf } from './harness/processes';
import { copyFolder, openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

/** Typed before the story, one after the other. */
const typed = ['Lily smiled. ', 'Tom ran. '];

describe('top-activating neurons', () => {
  let workbench: Workbench;
  let twin: Twin;
  let story: string;
  let shown: TopNeurons;
  let neuron: ExpectedNeuron;

  /** Types at the beginning of the text and waits until the panel counts the tokens of all of it. */
  async function typeAtBeginning(words: string): Promise<ExpectedNeuron> {
    const before = await twin.neuron(neuron.activations.id, story);
    story = words + story;
    const expected = await twin.neuron(neuron.activations.id, story);
    assert.notEqual(expected.tokens, before.tokens);
    await workbench.clickText('upon');
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.type(words);
    await countsTokens(shown.view, expected.tokens);
    return expected;
  }

  before(async () => {
    await prepare();
    const folder = await copyFolder(storyFolder);
    await writeRandomCheckpoint(join(folder, 'random'));
    const file = join(folder, 'story.txt');
    story = await readFile(file, 'utf8');
    twin = await Twin.open(join(folder, 'random'));
    neuron = await twin.neuron(await twin.topNeuron(story), story);
    workbench = await openWorkbench({
      folder,
      extension: root,
      file,
      settings: {
        'subtext.model': join(folder, 'random'),
        // A save in the background, which a loaded machine gives up, is an error that is not ours.
        'files.autoSave': 'off',
        // The only marks in the overview ruler are ours.
        'editor.hideCursorInOverviewRuler': true,
        'editor.occurrencesHighlight': 'off',
        'editor.selectionHighlight': false,
      },
    });
    shown = await showTopNeurons(workbench, 'little');
  });

  after(async () => {
    await workbench.close();
    twin.close();
  });

  it('ranks the neuron of the largest activation first', async () => {
    assert.equal(shown.neuron, neuron.name);
    await countsTokens(shown.view, neuron.tokens);
  });

  it('paints every character of the story as strongly as its token activates the locked neuron', async () => {
    const painted = await expectPaint(workbench, neuron, story);
    const levels = new Set(painted.map(({ level }) => level));
    assert.ok(painted.length > 300 && levels.size > 5 && levels.has(0), `levels ${[...levels].join()}`);
  });

  it('marks the lines of strong tokens in the overview ruler', async () => {
    const lines = markedLines(neuron.activations, story);
    assert.ok(lines.length > 1, 'with one stretch of lines, any mark would be right');
    const marks = await rulerMarks(workbench.page);
    assert.equal(marks.length, lines.length, JSON.stringify(marks));
    // The ruler is as high as the text with the lines after it, so its scale is taken from the marks themselves.
    const [first, last] = [lines[0], lines[lines.length - 1]];
    const scale = (marks[marks.length - 1].bottom - marks[0].top) / (last.end - first.start);
    marks.forEach(({ top, bottom }, index) => {
      const line = lines[index];
      assert.ok(Math.abs(top - marks[0].top - scale * (line.start - first.start)) < 3, `mark ${index}`);
      assert.ok(Math.abs(bottom - top - scale * (line.end - line.start)) < 3, `mark ${index}`);
    });
  });

  it('says the exact value in the hover, and below it what the model expected there', async () => {
    const { starts, ends, values } = neuron.activations;
    const onScreen = await paintedCharacters(workbench.page, story);
    // The token of a word on the screen that is painted most.
    const seen = new Set(onScreen.map(({ offset }) => offset));
    const words = Array.from(values.keys()).filter((token) => {
      const isWord = /^\s?\w+$/.test(story.slice(starts[token], ends[token]));
      return isWord && starts[token] > 0 && seen.has(starts[token]) && seen.has(ends[token] - 1);
    });
    const token = words.reduce((best, other) => (values[other] > values[best] ? other : best));
    const offset = ends[token] - 1;
    const { token: expected, prediction } = await twin.prediction(story, offset);

    const box = async () => {
      const characters = await paintedCharacters(workbench.page, story);
      return characters.find((each) => each.offset === offset)!.box;
    };
    const hover = await workbench.hoverBox(box, (text) => /exactly/.test(text) && /log p/.test(text));
    const number = (pattern: RegExp) => Number(pattern.exec(hover)?.[1].replace('−', '-').replace(',', ''));
    assert.ok(hover.includes(`${neuron.name} = `), hover);
    assert.equal(Math.fround(number(/exactly (−?[\d.e−]+)/)), values[token], hover);
    assert.equal(number(/\bid (\d+)/), expected.id, hover);
    assert.ok(Math.abs(number(/log p (−?[\d.]+)/) - prediction.logProbability!) < 1e-3, hover);
    assert.equal(number(/rank ([\d,]+)/), prediction.rank, hover);
    const next = [...hover.matchAll(/(\d+)\s+<?[\d.]+%$/gm)].map(([, id]) => Number(id));
    assert.deepEqual(
      next,
      prediction.next.map(({ id }) => id),
      hover,
    );
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`neurons-${themes[theme]}`);
    }
  });

  it('leaves Esc to the find widget, and is cleared by the next', async () => {
    const { page } = workbench;
    const find = page.locator('.find-widget.visible');
    await workbench.clickText('there was');
    await page.keyboard.press('Control+F');
    await find.waitFor();
    await workbench.clickText('there was');
    await page.keyboard.press('Escape');
    await find.waitFor({ state: 'hidden' });
    await expectPaint(workbench, neuron, story);
    await page.keyboard.press('Escape');
    await workbench.waitForDecorations((found) => found.length === 0);
    await workbench.until('the ruler has no marks', async () => (await rulerMarks(page)).length === 0);
    await shown.view.locator('.row.chosen').waitFor({ state: 'detached' });
  });

  it('is computed again, and painted again, when a person types', async () => {
    await shown.view.locator('.row', { hasText: neuron.name }).first().click();
    await expectPaint(workbench, neuron, story);
    await expectPaint(workbench, await typeAtBeginning(typed[0]), story);
  });

  it('comes back when the backend is killed, which is said', async () => {
    const { page, server } = workbench;
    const status = workbench.statusBarItem('random');
    const before = backendsOf(server);
    assert.equal(before.length, 1);
    process.kill(before[0], 'SIGKILL');
    await page
      .locator('.notification-list-item-message', { hasText: /backend stopped.*is started again/ })
      .waitFor();
    await workbench.until('another backend runs', () => {
      const running = backendsOf(server);
      return Promise.resolve(running.length === 1 && running[0] !== before[0]);
    });
    await status.locator('.codicon-pulse').waitFor();
    assert.match(await status.innerText(), /random · cpu/);
    assert.equal(await shown.view.locator('.notice.failed').isVisible(), false);
    // The new process knows the model, the text and its edits.
    await expectPaint(workbench, await typeAtBeginning(typed[1]), story);
  });

  it('prints no error', () => {
    assert.deepEqual(workbench.errors, []);
  });
});

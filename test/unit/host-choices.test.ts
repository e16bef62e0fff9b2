// What the host decides before it asks the backend: which text is meant, where the panel goes, what a setting may say.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseEditor, type Shown } from '../../src/host/commands/chooseEditor';
import { wholeWithin } from '../../src/host/limits';
import { columnBeside, columnForNew } from '../../src/host/panels/column';

const editor = (uri: string) => ({
  document: { uri: { scheme: uri.slice(0, uri.indexOf(':')), toString: () => uri } },
});
const story = editor('file:///story.txt');
const other = editor('file:///other.txt');
const output = editor('output:subtext');

function shown(changes: Partial<Shown<typeof story>>): Shown<typeof story> {
  return { active: undefined, visible: [], tab: undefined, inspected: undefined, ...changes };
}
/** What the person is told. */
function said(asked: string | undefined, window: Shown<typeof story>): string {
  const chosen = chooseEditor(asked, window);
  assert.ok(typeof chosen === 'string');
  return chosen;
}
const textTab = { label: 'story.txt', uri: 'file:///story.txt', isView: false };
const neuronsTab = { label: 'Neurons', isView: true };

describe('the text that is meant', () => {
  it('is the active one', () => {
    const window = shown({ active: story, visible: [other, story], tab: textTab });
    assert.equal(chooseEditor(undefined, window), story);
  });

  it('is the one of the context menu', () => {
    const window = shown({ active: story, visible: [other, story], tab: textTab });
    assert.equal(chooseEditor('file:///other.txt', window), other);
    assert.match(said('file:///gone.txt', window), /^gone\.txt is not a text/);
  });

  it('is no other text where the active tab is none', () => {
    const binary = { label: 'model.bin', uri: 'file:///model.bin', isView: false };
    const image = { label: 'cat.png', isView: false };
    for (const tab of [binary, image]) {
      const told = said(undefined, shown({ visible: [story], tab }));
      assert.equal(told, `${tab.label} is not a text: open a text first.`);
    }
    const settings = editor('vscode-userdata:/settings.json');
    const tab = { label: 'settings.json', uri: 'vscode-userdata:/settings.json', isView: false };
    const window = shown({ active: settings, visible: [settings, story], tab });
    assert.match(said(undefined, window), /^settings\.json is not a text/);
  });

  it('is the inspected one where the Neurons panel is active, else the one that is seen', () => {
    const window = shown({ visible: [other, story], tab: neuronsTab, inspected: 'file:///story.txt' });
    assert.equal(chooseEditor(undefined, window), story);
    assert.equal(chooseEditor(undefined, { ...window, visible: [other] }), other);
    assert.match(said(undefined, { ...window, visible: [] }), /^Open a text first/);
  });

  it('is the one of the active tab while the output below has the focus', () => {
    const window = shown({ active: output, visible: [other, story, output], tab: textTab });
    assert.equal(chooseEditor(undefined, window), story);
  });

  it('is the one that is seen beside an empty group', () => {
    assert.equal(chooseEditor(undefined, shown({ visible: [story] })), story);
    assert.match(said(undefined, shown({})), /^Open a text first/);
  });
});

describe('the column of the panel', () => {
  const columns = [1, 2, 3];

  it('is left alone where it is not the one of the text', () => {
    assert.equal(columnBeside(columns, 1, 2), undefined);
    assert.equal(columnBeside(columns, 2, 1), undefined);
    assert.equal(columnBeside(columns, undefined, 1), undefined);
    assert.equal(columnBeside(columns, 1, undefined), undefined);
  });

  it('is the next one where both would share it', () => {
    assert.equal(columnBeside(columns, 1, 1), 2);
    assert.equal(columnBeside(columns, 3, 3), 2);
  });

  it('is that of other views for a new one, wherever the keyboard is, but not the one of the text', () => {
    assert.equal(columnForNew(columns, 1, [2]), 2);
    assert.equal(columnForNew(columns, 2, [1]), 1);
    assert.equal(columnForNew(columns, 1, [1, 3]), 3);
    assert.equal(columnForNew(columns, undefined, [2]), 2);
  });

  it('is right of the text for the first one, as long as there is one', () => {
    assert.equal(columnForNew(columns, 1, []), 2);
    assert.equal(columnForNew(columns, 2, [2]), 3);
    assert.equal(columnForNew(columns, 3, []), undefined);
    assert.equal(columnForNew(columns, undefined, []), undefined);
  });
});

describe('a number of the settings', () => {
  it('is a whole one within its limits', () => {
    const threads = (value: unknown) => wholeWithin(value, 0, 256, 0);
    assert.deepEqual([0, 4, 256].map(threads), [0, 4, 256]);
    assert.deepEqual([-1, 2.7, 1e9, Infinity].map(threads), [0, 2, 256, 256]);
    assert.deepEqual([NaN, '8', null, undefined, {}].map(threads), [0, 0, 0, 0, 0]);
  });
});

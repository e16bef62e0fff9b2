// The whole way: open a model, rank neurons, lock one, see it painted, clear it, edit.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { SubtextApi } from '../../../src/host/api';
import type { NeuronActivations, NeuronId, NeuronTable } from '../../../src/protocol/types';
import { expectedPaint } from '../flows/expectedPaint';
import { activated, modelPath, now, openModel, openStory, openText, showNeurons, until } from './subtext';

let api: SubtextApi;
let story: vscode.TextEditor;

/** The table of the present question; fails where it is not answered. */
function table(): NeuronTable {
  assert.equal(api.inspection.phase, 'ready', api.inspection.failure?.line);
  assert.ok(api.inspection.table);
  return api.inspection.table;
}

/** The table, unless it is of a text that is being read again. */
function answeredTable(): NeuronTable | undefined {
  return api.inspection.phase === 'ready' ? api.inspection.table : undefined;
}

/** The neuron of the largest activation. */
function top(): NeuronId {
  const { maximum, neuronsPerLayer } = table();
  const row = maximum.indexOf(Math.max(...maximum));
  return { layer: Math.floor(row / neuronsPerLayer), neuron: row % neuronsPerLayer };
}

async function activations(): Promise<NeuronActivations> {
  const { uri, version } = { uri: story.document.uri, version: story.document.version };
  await until('activations are painted', () => api.painted(uri)?.version === version);
  const found = api.inspection.focus?.activations;
  assert.ok(found);
  return found;
}

describe('the neurons that fire on a story', () => {
  before(async () => {
    api = await activated();
    story = await openStory();
  });

  it('need a model, which opens by its path', async () => {
    const model = await openModel();
    assert.equal(model.id, await modelPath());
    assert.equal(api.models.active?.id, model.id);
    assert.equal(api.backend.state.kind, 'running');
    assert.ok(api.models.recent.includes(model.id));
  });

  it('are ranked over the whole document, whose tokens tile it', async () => {
    story.selection = new vscode.Selection(0, 0, 0, 0);
    await showNeurons(story);
    const { tokens, maximum, layers, neuronsPerLayer, selected, source } = table();
    assert.equal(maximum.length, layers * neuronsPerLayer);
    assert.equal(selected, false);
    assert.equal(source.version, story.document.version);
    const text = story.document.getText();
    let end = 0;
    tokens.starts.forEach((start, token) => {
      assert.equal(start, end);
      end = tokens.ends[token];
    });
    assert.equal(end, text.length);
    assert.ok(api.panel.isOpen);
  });

  it('are ranked over a selection', async () => {
    story = await openStory();
    story.selection = new vscode.Selection(2, 0, 2, 11);
    await showNeurons(story);
    assert.equal(table().selected, true);
    const { scope, tokens } = table();
    const from = story.document.offsetAt(story.selection.start);
    assert.ok(tokens.starts[scope.start] <= from && tokens.ends[scope.start] > from);
    assert.deepEqual(api.inspection.question?.selection, { start: from, end: from + 11 });
  });

  it('are painted when locked: the ranges and levels of the activations', async () => {
    story.selection = new vscode.Selection(0, 0, 0, 0);
    await showNeurons(story);
    api.inspection.lock(top());
    const found = await activations();
    const text = story.document.getText();
    const painted = api.painted(story.document.uri)?.spans ?? [];
    const shown = painted
      .filter(({ lineEnd }) => !lineEnd)
      .map(({ start, end, bucket }) => ({ start, end, level: bucket }));
    // Line ends have tests of their own (test/unit/host-spans.test.ts).
    const expected = expectedPaint(found, text);
    assert.ok(expected.length > 50, `${expected.length} tokens`);
    assert.deepEqual(shown, expected);
    assert.equal(Math.max(...shown.map(({ level }) => level)), 10);
  });

  it('say their exact value in the hover, beside what the backend says of the token', async () => {
    const { starts, ends, values, id } = await activations();
    const text = story.document.getText();
    const words = Array.from(values.keys()).filter((token) =>
      /\w$/.test(text.slice(starts[token], ends[token])),
    );
    const strongest = words.reduce((best, token) => (values[token] > values[best] ? token : best));
    const position = story.document.positionAt(ends[strongest] - 1);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      story.document.uri,
      position,
    );
    const texts = hovers.flatMap(({ contents }) =>
      contents.map((content) => (content instanceof vscode.MarkdownString ? content.value : '')),
    );
    // Markdown escapes and no-break spaces are not what this is about.
    const plain = texts.map((text) => text.replace(/\\|&nbsp;/g, ' '));
    const own = plain.find((text) => text.replace(/\s+/g, ' ').includes(`L${id.layer} N${id.neuron} = `));
    assert.ok(own, plain.join('\n---\n'));
    const exact = /exactly\s+(−?[\d.e−]+)/.exec(own)?.[1].replaceAll('−', '-');
    assert.equal(Math.fround(Number(exact)), values[strongest], own);
    const others = plain.filter((text) => text !== own).join('\n');
    assert.match(others, /\bid \d+ —.*\n+log p [−\d.]+ \(.*%\), rank [\d,]+/);
    assert.equal(others.match(/^\| `.*%? \|$/gm)?.length, 5, others);
  });

  it('have a line above the text while they are locked', async () => {
    const { id } = await activations();
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      story.document.uri,
      5,
    );
    const titles = lenses.map(({ command }) => command?.title ?? '');
    assert.ok(
      titles.some(
        (title) => title.startsWith(`L${id.layer} N${id.neuron} · max `) && title.endsWith('Esc clears'),
      ),
      titles.join(),
    );
  });

  it('give way to a preview, and come back when it ends', async () => {
    const locked = top();
    const other = { ...locked, neuron: (locked.neuron + 1) % table().neuronsPerLayer };
    const painted = () => api.painted(story.document.uri)?.spans;
    const before = painted();
    api.inspection.preview(other);
    await until('the preview is painted', () => painted() !== before);
    assert.deepEqual(api.inspection.focus?.id, other);
    api.inspection.preview(null);
    await until('the lock is painted again', () => painted()?.length === before?.length);
    assert.deepEqual(painted(), before);
  });

  it('are computed again after an edit, and stay locked', async () => {
    const locked = api.inspection.locked;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(story.document.uri, new vscode.Position(0, 0), 'Lily smiled. ');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(api.inspection.phase, 'loading');
    await until('the edit is read', () => answeredTable()?.source.version === story.document.version);
    assert.deepEqual(api.inspection.locked, locked);
    await activations();
    assert.equal(api.inspection.table?.tokens.ends.at(-1), story.document.getText().length);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until(
      'the text is read as it was',
      () => answeredTable()?.source.version === story.document.version,
    );
  });

  it('are cleared by the command behind Esc', async () => {
    await activations();
    await vscode.commands.executeCommand('subtext.clearHighlight');
    assert.equal(
      now(() => api.inspection.locked),
      undefined,
    );
    assert.equal(
      now(() => api.painted(story.document.uri)),
      undefined,
    );
  });

  it('are forgotten when the document closes', async () => {
    const editor = await openText('Lily had a red ball.');
    await showNeurons(editor);
    assert.equal(table().source.uri, editor.document.uri.toString());
    await vscode.window.showTextDocument(editor.document, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until('the inspection is cleared', () => api.inspection.phase === 'empty');
    assert.equal(
      now(() => api.inspection.table),
      undefined,
    );
  });
});

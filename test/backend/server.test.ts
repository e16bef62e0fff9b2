// The backend process as the extension host meets it: answers, cancellation, failures, death.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  CancellationTokenSource,
  LSPErrorCodes,
  type MarkupContent,
} from 'vscode-languageserver-protocol/node';
import { PROFILE_BINS, STRONGEST } from '../../src/protocol/types';
import { BackendProcess } from '../support/backendProcess';
import { isFailure } from '../support/errors';
import { writeRandomCheckpoint } from '../support/randomModel';

const STORY = 'Lily had a red kite. 🪁 She ran with it.\r\nThe kite flew up, up, up!\n';
/** Some hundred windows of the test model: long enough to ask other things meanwhile. */
const LONG = STORY.repeat(400);

describe('backend', () => {
  let folder: string;
  let model: string;
  let backend: BackendProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'subtext-backend-'));
    await writeRandomCheckpoint(join(folder, 'random'), { width: 64 });
    backend = await BackendProcess.start();
    model = (await backend.request('subtext/openModel', { path: join(folder, 'random') })).id;
    await backend.openDocument('file:///story.txt', STORY);
    await backend.openDocument('file:///long.txt', LONG);
  });
  after(async () => {
    backend.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('ranks all neurons of a document, in columns as long as there are neurons', async () => {
    const table = await backend.request('subtext/rankNeurons', { uri: 'file:///story.txt', model });
    const count = table.layers * table.neuronsPerLayer;
    assert.equal(table.maximum.length, count);
    assert.equal(table.strongest.length, STRONGEST * count);
    assert.equal(table.profile.length, PROFILE_BINS * count);
    assert.equal(table.selected, false);
    assert.equal(table.tokens.starts[0], 0);
    assert.equal(table.tokens.ends.at(-1), STORY.length);
    assert.deepEqual(table.source.version, 1);
  });

  it('restricts the statistics to the tokens that a selection touches', async () => {
    const selection = { start: STORY.indexOf('red'), end: STORY.indexOf('red') + 8 };
    const table = await backend.request('subtext/rankNeurons', {
      uri: 'file:///story.txt',
      model,
      selection,
    });
    assert.equal(table.selected, true);
    assert.ok(table.tokens.starts[table.scope.start] <= selection.start);
    assert.ok(table.tokens.ends[table.scope.end - 1] >= selection.end);
    assert.ok(table.selectivity.some((value) => value !== 0));
  });

  it("gives one neuron's activation at every token, the same as the table's maximum", async () => {
    const question = { uri: 'file:///story.txt', model };
    const table = await backend.request('subtext/rankNeurons', question);
    const id = { layer: 1, neuron: 3 };
    const { values, starts } = await backend.request('subtext/neuronActivations', { ...question, id });
    assert.equal(values.length, starts.length);
    assert.equal(Math.max(...values), table.maximum[id.layer * table.neuronsPerLayer + id.neuron]);
  });

  it('names what a neuron writes, in order', async () => {
    const writes = await backend.request('subtext/neuronWrites', {
      model,
      id: { layer: 0, neuron: 1 },
      count: 4,
    });
    assert.equal(writes.raises.length, 4);
    assert.ok(writes.raises[0].value >= writes.raises[3].value);
    assert.ok(writes.lowers[0].value <= writes.lowers[3].value);
  });

  it('answers hovers with piece, id, probability, rank and five next tokens', async () => {
    const hover = await backend.hover('file:///story.txt', 0, 6);
    const { value } = hover!.contents as MarkupContent;
    assert.match(value, /id \d+/);
    assert.match(value, /log p −?\d+\.\d+ \(.*%\), rank \d+/);
    assert.equal(value.match(/^\| `/gm)?.length, 5);
    assert.deepEqual(hover!.range!.start.line, 0);
  });

  it('shows every token of a character that takes several', async () => {
    const hover = await backend.hover('file:///story.txt', 0, STORY.indexOf('🪁'));
    const { value } = hover!.contents as MarkupContent;
    assert.ok(value.split('\n---\n').length > 1, value);
  });

  it('says for which version of the text an answer is', async () => {
    await backend.changeDocument('file:///story.txt', `${STORY}More.`, 2);
    const table = await backend.request('subtext/rankNeurons', { uri: 'file:///story.txt', model });
    assert.equal(table.source.version, 2);
    assert.equal(table.tokens.ends.at(-1), STORY.length + 5);
  });

  it('reads a text longer than the context in windows, and says how many', async () => {
    const table = await backend.request('subtext/rankNeurons', { uri: 'file:///long.txt', model });
    assert.ok(table.source.windows.count > 100);
    assert.ok(table.source.windows.overlap > 0);
    assert.equal(table.tokens.ends.at(-1), LONG.length);
  });

  it('answers while a long computation runs, and cancels it', async () => {
    await backend.changeDocument('file:///long.txt', `${LONG}.`, 2);
    const order: string[] = [];
    const source = new CancellationTokenSource();
    const long = backend
      .request('subtext/rankNeurons', { uri: 'file:///long.txt', model }, source.token)
      .then(() => order.push('long'))
      .catch((error: unknown) => order.push(`long failed with ${(error as { code: number }).code}`));
    assert.equal(await backend.hover('file:///not-open.txt', 0, 0), null);
    order.push('hover');
    source.cancel();
    await long;
    assert.deepEqual(order, ['hover', `long failed with ${LSPErrorCodes.RequestCancelled}`]);
    const after = await backend.request('subtext/rankNeurons', { uri: 'file:///story.txt', model });
    assert.ok(after.maximum.length > 0, 'the engine is free again');
  });

  it('answers other questions meanwhile: many of them during one long computation', async () => {
    await backend.changeDocument('file:///long.txt', `${LONG} `, 4);
    let running = true;
    const long = backend
      .request('subtext/rankNeurons', { uri: 'file:///long.txt', model })
      .finally(() => (running = false));
    let answers = 0;
    while (running) {
      // Not open, so the main thread alone answers; it could not while it computed.
      await backend.hover('file:///not-open.txt', 0, 0);
      answers++;
    }
    await long;
    assert.ok(answers >= 10, `${answers} answers`);
  });

  it('fails a waiting request at once when it is cancelled', async () => {
    await backend.changeDocument('file:///long.txt', `${LONG}..`, 3);
    const order: string[] = [];
    const [first, second] = [new CancellationTokenSource(), new CancellationTokenSource()];
    const ask = (name: string, source: CancellationTokenSource) =>
      backend
        .request('subtext/rankNeurons', { uri: 'file:///long.txt', model }, source.token)
        .catch(() => order.push(`${name} cancelled`));
    const running = ask('first', first);
    const waiting = ask('second', second);
    second.cancel();
    await waiting;
    first.cancel();
    await running;
    assert.deepEqual(order, ['second cancelled', 'first cancelled']);
  });

  it('does not open a model whose opening was cancelled', async () => {
    const path = join(folder, 'cancelled');
    await writeRandomCheckpoint(path);
    const source = new CancellationTokenSource();
    const opening = backend.request('subtext/openModel', { path }, source.token);
    source.cancel();
    await assert.rejects(opening);
    const { models, current } = await backend.request('subtext/selectEngine', { engine: 'cpu' });
    assert.deepEqual([models.map(({ id }) => id), current], [[model], model]);
  });

  it('finishes for a document that was closed meanwhile, and refuses it afterwards', async () => {
    await backend.openDocument('file:///closing.txt', STORY);
    const asked = backend.request('subtext/rankNeurons', { uri: 'file:///closing.txt', model });
    await backend.closeDocument('file:///closing.txt');
    assert.ok((await asked).maximum.length > 0);
    await assert.rejects(
      backend.request('subtext/rankNeurons', { uri: 'file:///closing.txt', model }),
      isFailure('no-document'),
    );
  });

  const refused: [string, string, string][] = [
    ['an empty document', '', 'empty-text'],
    ['a binary document', 'a\0b', 'binary-text'],
    ['a huge document', 'word '.repeat(300_000), 'text-too-large'],
  ];
  for (const [what, text, reason] of refused) {
    it(`refuses ${what} and says what to do`, async () => {
      await backend.openDocument('file:///refused.txt', text);
      await assert.rejects(
        backend.request('subtext/rankNeurons', { uri: 'file:///refused.txt', model }),
        isFailure(reason),
      );
      assert.equal(await backend.hover('file:///refused.txt', 0, 0), null);
      await backend.closeDocument('file:///refused.txt');
    });
  }

  it('refuses models that are not open or do not exist, and neurons that the model does not have', async () => {
    const uri = 'file:///story.txt';
    await assert.rejects(
      backend.request('subtext/rankNeurons', { uri, model: '/nowhere' }),
      isFailure('no-model'),
    );
    await assert.rejects(
      backend.request('subtext/openModel', { path: join(folder, 'nowhere') }),
      isFailure('not-found'),
    );
    await assert.rejects(
      backend.request('subtext/rankNeurons', { uri: 'file:///%E0%A4%A', model }),
      isFailure('no-document'),
    );
    const id = { layer: 9, neuron: 0 };
    await assert.rejects(
      backend.request('subtext/neuronActivations', { uri, model, id }),
      isFailure('usage'),
    );
  });

  it('opens a model once, by whatever path', async () => {
    const link = join(folder, 'link');
    await symlink(join(folder, 'random'), link, 'junction');
    const opened = await backend.request('subtext/openModel', { path: link });
    assert.equal(opened.id, model);
    assert.equal(backend.healths.at(-1)!.models.length, 1);
  });

  it('gives the same neurons after it was told to let go of what it kept', async () => {
    const question = { uri: 'file:///story.txt', model };
    const before = await backend.request('subtext/rankNeurons', question);
    assert.equal(await backend.request('subtext/releaseNeurons', question), null);
    const again = await backend.request('subtext/rankNeurons', question);
    assert.deepEqual(again.maximum, before.maximum);
  });

  it('moves open models to another engine, with the same answer', async () => {
    const question = { uri: 'file:///story.txt', model };
    const before = await backend.request('subtext/rankNeurons', question);
    const health = await backend.request('subtext/selectEngine', { engine: 'wasm' });
    assert.equal(health.engine, 'wasm');
    const after = await backend.request('subtext/rankNeurons', question);
    assert.equal(after.source.engine, 'wasm');
    before.maximum.forEach((value, row) => assert.ok(Math.abs(value - after.maximum[row]) < 1e-4));
    await assert.rejects(
      backend.request('subtext/selectEngine', { engine: 'cuda' }),
      isFailure('engine-unavailable'),
    );
    await assert.rejects(
      backend.request('subtext/selectEngine', { engine: 'cpu', precision: 'float16' }),
      isFailure('precision-unavailable'),
    );
    assert.equal((await backend.request('subtext/rankNeurons', question)).source.engine, 'wasm');
    assert.deepEqual(
      [backend.healths.at(-1)!.engine, backend.healths.at(-1)!.precision],
      ['wasm', 'float32'],
    );
    assert.equal((await backend.request('subtext/selectEngine', { engine: 'cpu' })).engine, 'cpu');
  });

  it('tells what is open and when it is busy, in full each time', () => {
    assert.ok(
      backend.healths.some(({ state, activity }) => state === 'busy' && activity === 'Reading story.txt'),
    );
    const last = backend.healths.at(-1)!;
    assert.equal(last.state, 'idle');
    assert.equal(last.models[0].id, model);
  });
});

describe('backend in trouble', () => {
  it('computes in WebAssembly where ONNX Runtime has no binary, and says so', async () => {
    // Copied out of the repository, the build finds no onnxruntime-node, as on a platform without a binary.
    const folder = await mkdtemp(join(tmpdir(), 'subtext-no-native-'));
    await cp(join(__dirname, '../../dist'), join(folder, 'dist'), { recursive: true });
    await writeRandomCheckpoint(join(folder, 'model'));
    const backend = await BackendProcess.start({}, join(folder, 'dist'));
    const summary = await backend.request('subtext/openModel', { path: join(folder, 'model') });
    assert.equal(summary.engine, 'wasm');
    await backend.openDocument('file:///story.txt', STORY);
    const table = await backend.request('subtext/rankNeurons', {
      uri: 'file:///story.txt',
      model: summary.id,
    });
    assert.equal(table.source.engine, 'wasm');
    assert.match(backend.healths.at(-1)!.engineNote!, /no binary/);
    backend.stop();
    await rm(folder, { recursive: true });
  });
});

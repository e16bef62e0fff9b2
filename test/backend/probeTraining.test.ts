// Training probes as the backend does it, in a process of its own: progress, cancelling, dying, and what is refused.
import type { ProgressNote } from '../../src/protocol/types';
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CancellationTokenSource } from 'vscode-languageserver-protocol/node';
import { BackendProcess } from '../support/backendProcess';
import { buildCommand } from '../support/commandLine';
import { isFailure } from '../support/errors';
import { processes, type Process } from '../support/processes';
import { CFG_MODEL, CFG_RECIPE } from '../support/trainedProbes';

const folder = mkdtempSync(join(tmpdir(), 'subtext-probes-'));
let backend: BackendProcess;
before(async () => {
  await buildCommand();
  backend = await BackendProcess.start();
});
after(() => {
  backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Trains so long that it is certainly interrupted. */
const LONG = { probe: { kind: 'multi-head' }, train: { steps: 100_000, patience: 10_000 } };

function train(name: string, changes: object = {}, more: { path?: string; folder?: string } = {}) {
  return {
    recipe: JSON.stringify({ ...CFG_RECIPE, ...changes }),
    folder: join(folder, name),
    stream: name,
    ...more,
  };
}

/** Waits for the first sign of a training. */
function begun(of: BackendProcess): Promise<void> {
  return new Promise((resolve) => (of.onProgress = ({ share }) => share > 0 && resolve()));
}

/** The processes that train probes for a folder. One that has ended, and that nobody waited for, has no command. */
function trainings(of: string): Process[] {
  return processes().filter(({ command }) => command.includes(`--out ${of}`));
}

async function noTraining(of: string): Promise<void> {
  for (let tries = 0; trainings(of).length > 0; tries++) {
    assert.ok(tries < 500, 'it goes on');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('choices for probes', () => {
  it('are the grammars, activations and layers of the model', async () => {
    const { layers, hooks, grammars } = await backend.request('subtext/probeChoices', { model: CFG_MODEL });
    assert.equal(layers, 3);
    assert.ok(hooks.includes('blocks.*.hook_resid_post') && hooks.includes('hook_embed'));
    assert.ok(!hooks.some((name) => name.endsWith('hook_pattern')));
    assert.deepEqual(
      grammars.map(({ title }) => title),
      ['cfg3h/3', 'cfg3b/3', 'cfg3b/2', 'cfg3f/2'],
    );
    assert.deepEqual(grammars[0].levels, [2, 3]);
    const stories = await backend.request('subtext/probeChoices', {
      model: join(CFG_MODEL, '../stories'),
    });
    assert.deepEqual(stories.grammars, []);
  });

  it('begin with the grammar of the run that a model is of', async () => {
    const run = join(folder, 'run');
    cpSync(CFG_MODEL, join(run, 'checkpoints/step-20'), { recursive: true });
    const own = join(folder, 'own.cfg');
    writeFileSync(own, 'S -> A B\nA -> 1 2 | 3\nB -> 2 | 1 3\n');
    const recipe = {
      data: { kind: 'cfg', grammar: own },
      model: { architecture: 'gpt_rotary', layers: 2, width: 64, heads: 4 },
      train: { steps: 20, batch: 4, context: 128, learning_rate: 1e-3 },
    };
    writeFileSync(join(run, 'recipe.json'), JSON.stringify(recipe));
    const { grammars } = await backend.request('subtext/probeChoices', { model: { run } });
    assert.deepEqual([grammars[0].name, grammars[0].levels], [own, [2]]);
  });

  it('are none for a grammar that is wrong or of another vocabulary', async () => {
    const grammar = join(folder, 'words.cfg');
    writeFileSync(grammar, 'S -> A B\nA -> the cat\nB -> sees\n');
    const asked = backend.request('subtext/probeChoices', { model: CFG_MODEL, grammar });
    await assert.rejects(asked, isFailure('grammar', 'words'));
  });
});

describe('training probes', () => {
  it('tells how far it is, and answers with the folder', async () => {
    const notes: ProgressNote[] = [];
    backend.onProgress = (note) => notes.push(note);
    const made = await backend.request('subtext/trainProbes', train('trained'));
    assert.deepEqual(made, await backend.request('subtext/openProbes', { path: join(folder, 'trained') }));
    assert.ok(notes.length > 0);
    assert.ok(notes.every(({ stream, share }) => stream === 'trained' && share >= 0 && share <= 1));
  });

  it('takes paths relative to the recipe, and says what it is called and where its probes are kept', async () => {
    const path = join(CFG_MODEL, '../mine.probe.json');
    const recipe = JSON.stringify({ ...CFG_RECIPE, models: ['./cfg'], name: 'of a person' });
    const checked = await backend.request('subtext/checkProbeRecipe', { recipe, path });
    assert.deepEqual(checked, { name: 'mine', folder: null });
    // As an extension under development is started.
    const link = join(folder, 'link');
    symlinkSync(join(CFG_MODEL, '..'), link, 'junction');
    const linked = JSON.stringify({ ...CFG_RECIPE, models: [join(link, 'cfg')] });
    assert.equal((await backend.request('subtext/checkProbeRecipe', { recipe: linked, path })).folder, null);
    const run = join(folder, 'runs/cfg-01');
    const of = JSON.stringify({ ...CFG_RECIPE, models: [join(run, 'final')], name: 'of a/person' });
    const unsaved = await backend.request('subtext/checkProbeRecipe', { recipe: of });
    assert.deepEqual(unsaved, { name: 'of-a-person', folder: join(run, 'probes/of-a-person') });
  });

  it('ends when it is cancelled, and leaves no folder', async () => {
    const source = new CancellationTokenSource();
    const started = begun(backend);
    const asked = backend.request('subtext/trainProbes', train('cancelled', LONG), source.token);
    await started;
    source.cancel();
    await assert.rejects(asked, { code: -32800 });
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('cancelled')),
      [],
    );
    await noTraining(join(folder, 'cancelled'));
  });

  it('is refused while another one writes to the same folder', async () => {
    const source = new CancellationTokenSource();
    const started = begun(backend);
    const asked = backend.request('subtext/trainProbes', train('busy', LONG), source.token);
    await started;
    const second = backend.request('subtext/trainProbes', train('busy'));
    await assert.rejects(second, isFailure('probe', 'are being trained'));
    source.cancel();
    await assert.rejects(asked, { code: -32800 });
  });

  it('ends with the backend', async () => {
    const dying = await BackendProcess.start();
    const started = begun(dying);
    const asked = dying.request('subtext/trainProbes', train('orphan', LONG));
    await started;
    assert.equal(trainings(join(folder, 'orphan')).length, 1);
    dying.process.kill('SIGKILL');
    await assert.rejects(asked, /the backend ended/);
    await noTraining(join(folder, 'orphan'));
    assert.ok(!existsSync(join(folder, 'orphan')));
  });
});

describe('training probes is refused', () => {
  const refused = (changes: object, reason: string, ...parts: string[]) =>
    assert.rejects(
      backend.request('subtext/trainProbes', train('refused', changes)),
      isFailure(reason, ...parts),
    );

  it('for a recipe that is wrong, with the place of each mistake', async () => {
    await refused({ probe: { kind: 'none' }, extra: 1 }, 'recipe', 'probe.kind', 'extra');
    await assert.rejects(
      backend.request('subtext/checkProbeRecipe', { recipe: '{', path: '/x/mine.probe.json' }),
      isFailure('recipe', 'mine.probe.json'),
    );
  });

  it('where nothing can be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const asked = backend.request('subtext/trainProbes', train('', {}, { folder: join(file, 'probes') }));
    await assert.rejects(asked, isFailure('file-access', 'could not be written'));
  });

  it('for a model of another vocabulary', async () => {
    await refused({ models: ['stories'] }, 'grammar', 'Token 0 of the model');
  });

  it('for spans that leave the text, one class, and too few documents', async () => {
    const lines = (count: number, span: (line: number) => unknown) => {
      const file = join(folder, 'labels.jsonl');
      const line = (_: unknown, index: number) =>
        JSON.stringify({ text: `1 2 3 ${index}`, tag: span(index) });
      writeFileSync(file, Array.from({ length: count }, line).join('\n'));
      return {
        models: ['stories'],
        data: { kind: 'text', files: [file] },
        targets: [{ kind: 'column', column: 'tag' }],
      };
    };
    const leaving = lines(60, (index) => [[0, index === 7 ? 99 : 1, 'a']]);
    await refused(leaving, 'data', 'labels.jsonl, line 8', 'from 0 to 99');
    await refused(
      lines(80, () => [[0, 1, 'a']]),
      'data',
      'one class',
    );
    await refused(
      lines(12, (index) => [[0, 1, index % 2 ? 'a' : 'b']]),
      'data',
      'about 50 are needed',
    );
    assert.ok(!existsSync(join(folder, 'refused')));
  });
});

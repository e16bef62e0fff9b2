// The folders of probes that a chart shows, without VS Code: what is asked of the backend, and what is not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import type { Requester } from '../../src/host/backend/requester';
import { probeId } from '../../src/protocol/probesView';
import { ProbeChart } from '../../src/host/probes/probeChart';
import { makeProbes } from '../webview/harness/probeSample';

/** Notes what it is asked, and answers as a test says. */
function asked(answer: (name: string, params: unknown) => unknown): {
  requester: Requester;
  questions: unknown[];
} {
  const questions: unknown[] = [];
  const request = (name: string, params: unknown) => {
    questions.push([name, params]);
    return Promise.resolve(answer(name, params));
  };
  return { requester: { request } as Requester, questions };
}

const folder = makeProbes();
const [{ file }] = folder.probes;
const other = { ...makeProbes(), path: '/probes/other.probes', name: 'other' };
const id = probeId(folder, file);

/** A backend that has these two folders, and none else. */
const both = (name: string, params: unknown) => {
  const { path } = params as { path: string };
  const found = [folder, other].find((each) => each.path === path);
  if (name !== 'subtext/openProbes') return {};
  return (
    found ?? Promise.reject(new BackendFailure('probe', `${path} holds no probes`, 'Name another folder.'))
  );
};

describe('the chart of probes', () => {
  it('is that of the folder opened last, whichever answer comes last', async () => {
    const waiting: Record<string, (folder: unknown) => void> = {};
    const { requester } = asked(
      (_, params) => new Promise((resolve) => (waiting[(params as { path: string }).path] = resolve)),
    );
    const chart = new ProbeChart(requester);
    const first = chart.open(['/first']);
    const second = chart.open(['/second']);
    assert.equal(chart.phase, 'loading');
    waiting['/second']({ ...folder, path: '/second' });
    waiting['/first']({ ...folder, path: '/first' });
    await Promise.all([first, second]);
    assert.deepEqual([chart.phase, chart.paths], ['ready', ['/second']]);
  });

  it('says why a folder cannot be read, and shows none', async () => {
    const refusal = new BackendFailure('probe', '/gone holds no probes', 'Name another folder.');
    let isThere = true;
    const { requester } = asked(() => (isThere ? folder : Promise.reject(refusal)));
    const chart = new ProbeChart(requester);
    await chart.open([folder.path]);
    isThere = false;
    await chart.refresh();
    assert.deepEqual([chart.phase, chart.failure, chart.folders], ['failed', refusal, []]);
    // To be tried again.
    assert.deepEqual(chart.paths, [folder.path]);
  });

  it('has a title from the moment that a folder is asked for, since a page that loads takes no other', () => {
    const chart = new ProbeChart({ request: () => new Promise(() => undefined) });
    assert.equal(chart.title, 'Probes');
    void chart.open(['/work/tree.probes']);
    assert.equal(chart.title, 'Probes tree');
    void chart.add(['/work/other.probes']);
    assert.equal(chart.title, 'Probes tree, other');
    void chart.add(['/work/third']);
    assert.equal(chart.title, 'Probes tree and 2 more');
  });

  it('shows folders side by side, each once, until they are removed', async () => {
    const chart = new ProbeChart(asked(both).requester);
    await chart.open([folder.path]);
    await chart.add([other.path, folder.path]);
    assert.deepEqual(chart.folders, [folder, other]);
    assert.deepEqual(chart.probe(probeId(other, file)).file, join(other.path, file));
    await chart.remove(folder.path);
    assert.deepEqual(chart.folders, [other]);
    // There is always one.
    await chart.remove(other.path);
    assert.deepEqual(chart.folders, [other]);
  });

  it('keeps what it shows where a folder that is added cannot be read, and says why', async () => {
    const chart = new ProbeChart(asked(both).requester);
    await chart.open([folder.path]);
    await chart.add(['/gone']);
    assert.deepEqual([chart.phase, chart.folders, chart.paths], ['failed', [folder], [folder.path]]);
    assert.match(chart.failure!.line, /gone holds no probes/);
    await chart.refresh();
    assert.equal(chart.phase, 'ready');
  });

  it('asks for details of its own probes by their whole paths', async () => {
    const { requester, questions } = asked(() => folder);
    const chart = new ProbeChart(requester);
    await chart.open([folder.path]);
    await chart.tokens({ probe: id, true: 0, read: 1 }, 200, 100);
    await chart.positions(id);
    const path = join(folder.path, file);
    assert.deepEqual(questions.slice(1), [
      ['subtext/probeTokens', { file: path, true: 0, read: 1, first: 200, count: 100 }],
      ['subtext/probePositions', { file: path }],
    ]);
  });

  it('asks for no other file', async () => {
    const { requester, questions } = asked(() => folder);
    const chart = new ProbeChart(requester);
    await chart.open([folder.path]);
    for (const name of [`${folder.path}/../secret.probe.safetensors`, '/etc/passwd', file, '']) {
      await assert.rejects(chart.confusion(name), /is no probe of a folder/);
    }
    assert.equal(questions.length, 1);
  });
});

// The folder of probes that a chart shows, without VS Code: what is asked of the backend, and what is not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import type { Requester } from '../../src/host/backend/requester';
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

describe('the chart of a folder of probes', () => {
  it('is that of the folder opened last, whichever answer comes last', async () => {
    const waiting: Record<string, (folder: unknown) => void> = {};
    const { requester } = asked(
      (_, params) => new Promise((resolve) => (waiting[(params as { path: string }).path] = resolve)),
    );
    const chart = new ProbeChart(requester);
    const first = chart.open('/first');
    const second = chart.open('/second');
    assert.equal(chart.phase, 'loading');
    waiting['/second']({ ...folder, path: '/second' });
    waiting['/first']({ ...folder, path: '/first' });
    await Promise.all([first, second]);
    assert.deepEqual([chart.phase, chart.folder?.path], ['ready', '/second']);
  });

  it('says why a folder cannot be read, and shows none', async () => {
    const refusal = new BackendFailure('probe', '/gone holds no probes', 'Name another folder.');
    let isThere = true;
    const { requester } = asked(() => (isThere ? folder : Promise.reject(refusal)));
    const chart = new ProbeChart(requester);
    await chart.open(folder.path);
    isThere = false;
    await chart.refresh();
    assert.deepEqual([chart.phase, chart.failure, chart.folder], ['failed', refusal, undefined]);
    assert.equal(chart.path, folder.path);
  });

  it('asks for details of its own probes by their whole paths', async () => {
    const { requester, questions } = asked(() => folder);
    const chart = new ProbeChart(requester);
    await chart.open(folder.path);
    await chart.tokens({ file, true: 0, read: 1 }, 200, 100);
    const path = join(folder.path, file);
    assert.deepEqual(questions.at(-1), [
      'subtext/probeTokens',
      { file: path, true: 0, read: 1, first: 200, count: 100 },
    ]);
  });

  it('asks for no other file', async () => {
    const { requester, questions } = asked(() => folder);
    const chart = new ProbeChart(requester);
    await chart.open(folder.path);
    for (const name of ['../secret.probe.safetensors', '/etc/passwd', '']) {
      await assert.rejects(chart.confusion(name), /is no probe of the folder/);
    }
    assert.equal(questions.length, 1);
  });
});

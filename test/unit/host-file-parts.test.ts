// Files that a page sends in parts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileParts, type FileTarget } from '../../src/host/panels/fileParts';

interface Written {
  asked: string[];
  files: string[];
  said: string[];
}

/** Parts into files of memory; `ask` and `write` may be other ones. */
function make(change: { ask?: () => Promise<undefined>; write?: () => Promise<void> } = {}): {
  parts: FileParts;
  written: Written;
} {
  const written: Written = { asked: [], files: [], said: [] };
  const parts = new FileParts({
    ask: (name) => {
      written.asked.push(name);
      return change.ask?.() ?? Promise.resolve(target());
    },
    saved: (name) => void written.said.push(`saved ${name}`),
    failed: (name, why) => void written.said.push(`${name}: ${why}`),
  });
  function target(): FileTarget {
    const at = written.files.push('') - 1;
    return {
      name: 'chosen.csv',
      async write(bytes, { isFirst }) {
        await change.write?.();
        const text = new TextDecoder().decode(bytes);
        written.files[at] = isFirst ? text : written.files[at] + text;
      },
    };
  }
  return { parts, written };
}

function send(parts: FileParts, file: number, index: number, content: string, isLast = false): Promise<void> {
  return parts.receive({ type: 'save', name: 'run.csv', content, part: { file, index, isLast } });
}

describe('a file in parts', () => {
  it('is asked for once, and written in order', async () => {
    const { parts, written } = make();
    await Promise.all([send(parts, 0, 0, 'a'), send(parts, 0, 1, 'b'), send(parts, 0, 2, 'c', true)]);
    assert.deepEqual(written, { asked: ['run.csv'], files: ['abc'], said: ['saved chosen.csv'] });
  });

  it('is kept apart from another', async () => {
    const { parts, written } = make();
    await Promise.all([
      send(parts, 0, 0, 'a'),
      send(parts, 1, 0, 'x'),
      send(parts, 1, 1, 'y', true),
      send(parts, 0, 1, 'b', true),
    ]);
    assert.deepEqual(written.files, ['ab', 'xy']);
  });

  it('that nobody wants goes nowhere', async () => {
    const { parts, written } = make({ ask: () => Promise.resolve(undefined) });
    await Promise.all([send(parts, 0, 0, 'a'), send(parts, 0, 1, 'b', true)]);
    await send(parts, 7, 3, 'of none');
    assert.deepEqual(written, { asked: ['run.csv'], files: [], said: [] });
  });

  it('that cannot be written is spoken of once', async () => {
    const { parts, written } = make({ write: () => Promise.reject(new Error('disk full')) });
    await Promise.all([send(parts, 0, 0, 'a'), send(parts, 0, 1, 'b'), send(parts, 0, 2, 'c', true)]);
    assert.deepEqual(written.said, ['chosen.csv: disk full']);
  });

  it('that does not come whole is spoken of', async () => {
    const { parts, written } = make();
    await send(parts, 0, 0, 'a');
    parts.abandon();
    await send(parts, 0, 1, 'b', true);
    assert.deepEqual(written.said, ['chosen.csv: the view was closed before all of it had come.']);
    await send(parts, 0, 0, 'new', true);
    assert.deepEqual(written.files, ['a', 'new']);
  });
});

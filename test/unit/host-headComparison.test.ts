// What the heads of a text are compared with.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeadComparison } from '../../src/host/inspection/headComparison';
import { FakeRequester } from './host-fakes';

const question = { uri: 'file:///story.txt', model: '/model' };
const drawn = { kind: 'pattern' as const, pattern: { drawn: [[1, 0]] satisfies [number, number][] } };

function comparison() {
  const backend = new FakeRequester();
  const heads = new HeadComparison(
    backend,
    () => '',
    () => undefined,
  );
  return { backend, heads };
}

describe('the heads that a text is compared by', () => {
  it('are those that the backend finds', async () => {
    const { backend, heads } = comparison();
    heads.compare(drawn);
    const computed = heads.compute(question);
    backend.asked[0].answer({ cells: 1 });
    await computed;
    assert.deepEqual(heads.ranking, { ...drawn, answer: { cells: 1 } });
  });

  it('are not those of a drawing that an edit has made void, however late the answer', async () => {
    const { backend, heads } = comparison();
    heads.compare(drawn);
    const computed = heads.compute(question);
    heads.edited([{ start: 0, removed: 0, inserted: 1 }]);
    backend.asked[0].answer({ cells: 1 });
    await computed;
    assert.equal(heads.ranking, undefined);
  });
});

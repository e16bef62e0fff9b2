// What `subtext bench` says of a piece of work: which runs count, when it stops, and how many operations a pass has.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { benchmarkEngine, type BenchRow } from '../../src/backend/bench/benchmarks';
import { measureWork } from '../../src/backend/bench/measure';
import { readable } from '../../src/backend/bench/read';
import { configurationOf, forwardOperations, sizes } from '../../src/backend/bench/sizes';
import type { Work } from '../../src/backend/bench/task';
import { Plan, type Executor } from '../../src/backend/engine/executor';
import { resolveShape } from '../../src/backend/engine/graph/dimension';
import { Graph } from '../../src/backend/engine/graph/graph';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { buildTransformer } from '../../src/backend/model/transformer';

/** Work that takes these milliseconds, one of them each time, the last again and again. */
function sleeper(times: readonly number[], more: Partial<Work> = {}): Work & { count: number } {
  const work = {
    detail: 'asleep',
    facts: {},
    count: 0,
    run: () => {
      const length = times[Math.min(work.count++, times.length - 1)];
      return new Promise<void>((resolve) => setTimeout(resolve, length));
    },
    dispose: () => undefined,
    ...more,
  };
  return work;
}

describe('a measurement', () => {
  it('leaves out the three runs that warm up, and goes on for a second', async () => {
    const work = sleeper([150, 150, 150, 20]);
    const { ms, fastest_ms, runs } = await measureWork(work, 30);
    assert.equal(runs, work.count - 3);
    assert.ok(runs >= 3 && runs <= 52, `${runs} runs of 20 ms in a second`);
    assert.ok(fastest_ms >= 19 && ms < 140, `${ms} ms, at best ${fastest_ms}`);
  });

  it('of work that is too slow for its time takes what there is, the first run at least', async () => {
    const work = sleeper([60]);
    assert.equal((await measureWork(work, 0.01)).runs, 1);
    assert.equal(work.count, 1);
  });

  it('says the time of one, where a run does it several times', async () => {
    const { ms, figures } = await measureWork(
      sleeper([80], { repeats: 4, figures: (milliseconds) => ({ double: 2 * milliseconds }) }),
      0.3,
    );
    assert.ok(ms >= 19 && ms < 79, `${ms} ms`);
    assert.equal(figures.double, 2 * ms);
  });
});

describe('operations of a forward pass', () => {
  for (const size of sizes.forward) {
    it(`${size.name}: those of the products in its graph, and a few for biases and norms`, () => {
      const { graph, logits } = buildTransformer(configurationOf(size), { captures: ['logits'] });
      const plan = new Plan(graph, new Map([['logits', logits]]));
      const bindings = new Map([
        ['batch', size.batch],
        ['pos', size.tokens],
      ]);
      let counted = 0;
      for (const node of plan.nodes) {
        if (node.kind !== 'operation' || !['matmul', 'attend'].includes(node.forms.name)) continue;
        const shape = (index: number) => resolveShape(node.inputs[index].shape, bindings);
        const result = resolveShape(node.outputs[0].shape, bindings);
        // The right side is [inner, columns], or the other way around.
        const [left, right] = [shape(0), shape(1)];
        const inner = right.slice(-2).reduce((a, b) => a * b, 1) / result.at(-1)!;
        assert.equal(left.at(-1), inner);
        counted += 2 * result.reduce((a, b) => a * b, 1) * inner;
      }
      const share = forwardOperations(size) / counted;
      assert.ok(share >= 1 && share < 1.06, `${share}`);
    });
  }
});

describe('what is read of a result', () => {
  const graph = new Graph();
  const outputs = new Map([['y', graph.input('x', 'float32', ['batch', 3, 4])]]);
  it('is all of it where the engine has no memory of its own', () => {
    const { y } = Object.fromEntries(readable(new ReferenceExecutor(), outputs));
    assert.deepEqual(y.shape, ['batch', 3, 4]);
  });
  it('is its first row where all of it would have to travel', () => {
    const { y } = Object.fromEntries(readable({ ownMemory: true } as Executor, outputs));
    assert.deepEqual(y.shape, [1, 1, 4]);
  });
});

describe('the benchmarks of an engine', () => {
  it('tell what would take too long instead of beginning it', async () => {
    const rows: BenchRow[] = [];
    const wanted = ({ benchmark, size }: { benchmark: string; size: string }) =>
      (benchmark === 'host' && size === '2 layers') || (benchmark === 'train' && size === '33M');
    const found = await benchmarkEngine(new ReferenceExecutor(), {
      wanted,
      seconds: 0.2,
      onRow: (row) => rows.push(row),
    });
    assert.deepEqual(found.rows, rows);
    const [large, host] = rows;
    assert.match(large.problem ?? '', /^about \d+ s; --seconds allows 0.2$/);
    assert.equal(large.ms, null);
    assert.equal(host.problem, null);
    const { nodes, microseconds, microseconds_per_node, microseconds_allowed } = host.figures;
    assert.ok(nodes > 50);
    assert.equal(microseconds_per_node, microseconds / nodes);
    assert.equal(microseconds_allowed, 5 * nodes + 200);
  });
});

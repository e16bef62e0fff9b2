// Lists of interventions that are switched and moved: what is computed again, and on which engine.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedCancellation } from '../../src/backend/cancellation';
import { CancelledError } from '../../src/backend/errors';
import { BaseValues } from '../../src/backend/interpret/interventions/baseValues';
import { Interventions } from '../../src/backend/interpret/interventions/interventions';
import { Reading } from '../../src/backend/interpret/reading';
import type { Intervention } from '../../src/protocol/interventions';
import { countingExecutor } from '../support/countingExecutor';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertClose, largestDifference } from '../support/numbers';
import { TEXT, entry, logitsOf, randomModel, reference, under, zero } from '../support/interventionRuns';

describe('every engine', () => {
  for (const engine of TESTED_ENGINES) {
    it(`changes the same by all kinds of entries: ${engine}`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const list = everyKind();
      const expected = await logitsOf(await under(Reading.ofText(randomModel(), TEXT), list));
      const model = randomModel(executor);
      assertClose(await logitsOf(await under(Reading.ofText(model, TEXT), list)), expected, 1e-4, 'logits');
      model.dispose();
    });
  }
});

describe('a list that is moved about', () => {
  it('compiles nothing when a factor changes, or a switch, or a direction', async () => {
    const counts = countingExecutor(reference);
    const reading = Reading.ofText(randomModel(counts.executor), TEXT);
    const values = new BaseValues(reading.model);
    const list = everyKind();
    const read = async (entries: Intervention[]) => logitsOf(await under(reading, entries, values));
    const first = await read(list);
    const compiled = counts.compiled;
    const moved = list.map(({ change, ...rest }): Intervention => {
      return { ...rest, change: 'factor' in change ? { ...change, factor: change.factor + 1 } : change };
    });
    assert.ok(largestDifference((await read(moved)).data, first.data) > 0.01, 'it did change something');
    for (const off of list.keys()) await read(list.map((each, index) => ({ ...each, on: index !== off })));
    await read(
      list.map((each) => (each.part === 'L0N3' ? { ...each, change: { kind: 'ablate', to: 'zero' } } : each)),
    );
    assert.equal(counts.compiled, compiled);
  });

  it('reads means and other texts once', async () => {
    const counts = countingExecutor(reference);
    const reading = Reading.ofText(randomModel(counts.executor), TEXT);
    const values = new BaseValues(reading.model);
    await under(reading, everyKind(), values);
    const { runs } = counts;
    assert.ok(runs >= 4);
    await under(reading, everyKind(), values);
    assert.equal(counts.runs, runs);
  });

  it('does nothing at all when all are off, in the graph of the unchanged model', async () => {
    const reading = Reading.ofText(randomModel(), TEXT);
    assert.deepEqual(
      (
        await under(
          reading,
          everyKind().map((each) => ({ ...each, on: false })),
        )
      ).changes,
      [],
    );
  });

  it('an entry that is off does nothing beside one that is on', async () => {
    const reading = Reading.ofText(randomModel(), TEXT);
    const [on, ...others] = everyKind();
    const alone = await logitsOf(await under(reading, [on]));
    const beside = await logitsOf(
      await under(reading, [on, ...others.map((each) => ({ ...each, on: false }))]),
    );
    assertClose(beside, alone, 1e-6, 'logits');
  });

  it('stops between two runs when it is cancelled', async () => {
    const cancellation = new SharedCancellation();
    cancellation.cancel();
    const reading = Reading.ofText(randomModel(), TEXT);
    const list = new Interventions(reading.model, everyKind(), new BaseValues(reading.model));
    await assert.rejects(list.changesFor(reading, cancellation), CancelledError);
  });
});

/** One of each kind, on parts of the random model. */
function everyKind(): Intervention[] {
  const direction = { kind: 'difference', towards: { text: 'ab' }, from: { text: 'cd' } } as const;
  return [
    zero('L0H1'),
    entry('L0N3', { kind: 'ablate', to: 'mean' }),
    entry('L1H2', { kind: 'ablate', to: 'mean' }),
    entry('L0.mlp', { kind: 'scale', factor: 0.5 }),
    entry('L1N5', { kind: 'steer', factor: 2 }),
    entry('L1.resid', { kind: 'steer', factor: 1.5, direction }),
    entry('L0.attn', { kind: 'patch', text: 'hgfedcba', align: 'equal' }),
  ];
}

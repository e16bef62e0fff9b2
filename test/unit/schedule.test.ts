// Learning rates against PyTorch's schedulers (test/parity/training_goldens.py), and at their edges.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { learningRate } from '../../src/backend/train/schedule';
import { readGoldenSchedules } from '../support/trainingGoldens';

const PEAK = 3e-3;

describe('the learning rate', () => {
  it("is that of PyTorch's schedulers at every step", async () => {
    const schedules = await readGoldenSchedules();
    assert.equal(schedules.length, 4);
    for (const { steps, rates, ...schedule } of schedules) {
      const found = rates.map((_, index) =>
        learningRate({ learning_rate: PEAK, steps, schedule }, index + 1),
      );
      for (const [index, rate] of rates.entries()) {
        assert.ok(
          Math.abs(found[index] - rate) < 1e-8 * PEAK,
          `${schedule.kind}: step ${index + 1} has ${found[index]}, not ${rate}`,
        );
      }
    }
  });

  it('is whole at the first step without a warm-up', () => {
    for (const kind of ['constant', 'warmup-stable-decay'] as const) {
      const schedule = { kind, warmup: 0, final: 0 };
      assert.equal(learningRate({ learning_rate: PEAK, steps: 10, schedule }, 1), PEAK);
    }
  });

  it('decays over the last fifth of the steps unless the recipe says', () => {
    const schedule = { kind: 'warmup-stable-decay', warmup: 0, final: 0 } as const;
    const rateAt = (step: number) => learningRate({ learning_rate: 1, steps: 100, schedule }, step);
    assert.equal(rateAt(80), 1);
    assert.equal(rateAt(90), 0.5);
    assert.equal(rateAt(100), 0);
  });

  it('decays in the last step of the shortest runs too', () => {
    const schedule = { kind: 'warmup-stable-decay', warmup: 0, final: 0.1 } as const;
    const rates = [1, 2].map((step) => learningRate({ learning_rate: 1, steps: 2, schedule }, step));
    assert.deepEqual(rates, [1, 0.1]);
  });

  it('ends with the warm-up where the whole run is one', () => {
    const schedule = { kind: 'cosine', warmup: 4, final: 0.1 } as const;
    assert.equal(learningRate({ learning_rate: 1, steps: 4, schedule }, 4), 1);
  });
});

// When a session ends that computed what a device still holds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ComputedTensors } from '../../src/backend/engine/onnx/computedTensors';

/** Two sessions, and what became of them and of tensors, in order. */
function start() {
  const events: string[] = [];
  const tensor = (name: string) => ({ dispose: () => void events.push(`${name} freed`) });
  const session = (name: string) => ({
    release: () => {
      events.push(`${name} released`);
      return Promise.resolve();
    },
  });
  return { events, tensor, session, computed: new ComputedTensors() };
}

describe('a session on a device', () => {
  it('that computed nothing which lives ends at once', () => {
    const { events, tensor, session, computed } = start();
    const step = session('step');
    const kept = computed.keep(step, tensor('w'));
    computed.free(kept);
    computed.end(step);
    assert.deepEqual(events, ['w freed', 'step released']);
  });

  it('ends behind the last of its tensors, once, however often it was to end', () => {
    const { events, tensor, session, computed } = start();
    const step = session('step');
    const [first, second] = ['w 1', 'w 2'].map((name) => computed.keep(step, tensor(name)));
    computed.end(step);
    computed.end(step);
    computed.free(first);
    assert.deepEqual(events, ['w 1 freed']);
    computed.free(second);
    assert.deepEqual(events, ['w 1 freed', 'w 2 freed', 'step released']);
  });

  it('is not kept by the tensors of others, nor by such as were brought to the device', () => {
    const { events, tensor, session, computed } = start();
    const [step, other] = ['step', 'other'].map(session);
    const kept = computed.keep(step, tensor('w'));
    computed.keep(other, tensor('x'));
    computed.free(tensor('brought'));
    computed.end(step);
    computed.free(kept);
    assert.deepEqual(events, ['brought freed', 'w freed', 'step released']);
  });

  it('goes on while nobody ends it, though all it computed is freed', () => {
    const { events, tensor, session, computed } = start();
    const step = session('step');
    computed.free(computed.keep(step, tensor('w 1')));
    computed.free(computed.keep(step, tensor('w 2')));
    assert.deepEqual(events, ['w 1 freed', 'w 2 freed']);
  });
});

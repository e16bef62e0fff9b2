// One backend is kept running: started on need, started again when it dies, given up after too many times.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackendFailure, backendUnavailable, toFailure } from '../../src/host/backend/failure';
import {
  MAXIMUM_RESTARTS,
  RESTART_WINDOW_MILLISECONDS,
  RestartPolicy,
} from '../../src/host/backend/restartPolicy';
import { type BackendCrash, BackendSupervisor } from '../../src/host/backend/supervisor';
import { FakeLife, healthWith, modelSummary, settle } from './host-fakes';

function supervised(options: { restore?: () => Promise<void>; failLaunch?: () => Error | undefined } = {}) {
  const lives: FakeLife[] = [];
  let now = 0;
  const backend = new BackendSupervisor({
    launch: (onHealth) => {
      const failure = options.failLaunch?.();
      if (failure) return Promise.reject(failure);
      const life = new FakeLife();
      life.automatic = (name) => (name === 'subtext/listEngines' ? [] : undefined);
      lives.push(life);
      onHealth(healthWith());
      return Promise.resolve(life);
    },
    restore: async () => options.restore?.(),
    policy: new RestartPolicy(() => now),
  });
  const crashes: BackendCrash[] = [];
  backend.onDidCrash((crash) => crashes.push(crash));
  return { backend, lives, crashes, pass: (milliseconds: number) => (now += milliseconds) };
}

const ask = (backend: BackendSupervisor) => backend.request('subtext/listEngines', null);

describe('the backend supervisor', () => {
  it('starts nothing before it is asked, and one process for many requests', async () => {
    const { backend, lives } = supervised();
    assert.equal(backend.state.kind, 'off');
    assert.equal(lives.length, 0);
    await Promise.all([ask(backend), ask(backend)]);
    assert.equal(lives.length, 1);
    assert.deepEqual(backend.state, { kind: 'running', processId: 1 });
    assert.deepEqual(backend.health, healthWith());
  });

  it('fails what was in flight when the process dies, and answers the next request', async () => {
    const { backend, lives, crashes } = supervised();
    await ask(backend);
    const waiting = backend.request('subtext/closeModel', { model: '/a' });
    await settle();
    lives[0].die();
    await assert.rejects(waiting, { reason: 'backend-stopped', message: /SIGKILL/ });
    assert.deepEqual(await ask(backend), []);
    assert.equal(lives.length, 2);
    assert.deepEqual(crashes, [{ how: 'signal SIGKILL', restarts: 1 }]);
  });

  it('tells of a restart only once models were restored', async () => {
    const order: string[] = [];
    const { backend, lives } = supervised({
      restore: async () => {
        await settle();
        order.push('restored');
      },
    });
    backend.onDidRestart(() => order.push('restarted'));
    await ask(backend);
    lives[0].die();
    await settle();
    await ask(backend);
    assert.deepEqual(order, ['restored', 'restored', 'restarted']);
  });

  it('gives up after five restarts in three minutes, and says so to every request', async () => {
    const { backend, lives, crashes } = supervised();
    await ask(backend);
    for (let crash = 0; crash <= MAXIMUM_RESTARTS; crash++) {
      lives.at(-1)!.die();
      await settle();
    }
    assert.equal(lives.length, 1 + MAXIMUM_RESTARTS);
    assert.equal(backend.state.kind, 'stopped');
    assert.equal(crashes.at(-1)?.failure?.reason, 'backend-given-up');
    await assert.rejects(ask(backend), { reason: 'backend-given-up', remedy: /Restart Backend/ });
    assert.equal(lives.length, 1 + MAXIMUM_RESTARTS);

    await backend.restart();
    assert.deepEqual(await ask(backend), []);
  });

  it('forgets restarts that are long ago', async () => {
    const { backend, lives, pass } = supervised();
    await ask(backend);
    for (let crash = 0; crash < 3 * MAXIMUM_RESTARTS; crash++) {
      lives.at(-1)!.die();
      await settle();
      pass(RESTART_WINDOW_MILLISECONDS / (MAXIMUM_RESTARTS - 1));
    }
    assert.equal(backend.state.kind, 'running');
  });

  it('counts processes that die while models are restored', async () => {
    const lives: FakeLife[] = [];
    const backend = new BackendSupervisor({
      launch: () => {
        const life = new FakeLife();
        lives.push(life);
        return Promise.resolve(life);
      },
      restore: async (life) => {
        setImmediate(() => lives.at(-1)!.die());
        await life.request('subtext/openModel', { path: '/a' });
      },
    });
    await assert.rejects(ask(backend), { reason: 'backend-given-up' });
    assert.equal(lives.length, 1 + MAXIMUM_RESTARTS);
  });

  it('tries again at the next request where a start is impossible for a reason that can be mended', async () => {
    let broken = true;
    const { backend, lives, crashes } = supervised({
      failLaunch: () => (broken ? backendUnavailable('No Node.js', 'Install it.') : undefined),
    });
    await assert.rejects(ask(backend), { reason: 'backend-unavailable' });
    assert.equal(backend.state.kind, 'stopped');
    broken = false;
    assert.deepEqual(await ask(backend), []);
    assert.equal(lives.length, 1);
    assert.deepEqual(crashes, []);
  });

  it('does not start again what was stopped', async () => {
    const { backend, lives, crashes } = supervised();
    await ask(backend);
    const waiting = backend.request('subtext/closeModel', { model: '/a' });
    await settle();
    await Promise.all([assert.rejects(waiting, { reason: 'backend-stopped' }), backend.stop()]);
    await settle();
    assert.equal(lives[0].stopped, true);
    assert.equal(lives.length, 1);
    assert.deepEqual(crashes, []);
    assert.equal(backend.state.kind, 'off');
    assert.equal(backend.health, undefined);
  });

  it('rejects at once when the answer is no longer wanted', async () => {
    const { backend, lives } = supervised();
    const abort = new AbortController();
    const waiting = backend.request('subtext/closeModel', { model: '/a' }, abort.signal);
    await settle();
    abort.abort();
    await assert.rejects(waiting, { cancelled: true });
    assert.equal(lives[0].asked[0].signal?.aborted, true);
  });
});

describe('a failed answer', () => {
  it('keeps the reason and the remedy of the backend', () => {
    const error = Object.assign(new Error('The text is binary'), {
      code: -32001,
      data: { reason: 'binary-text', remedy: 'Open a text.' },
    });
    const failure = toFailure(error);
    assert.deepEqual([failure.reason, failure.line], ['binary-text', 'The text is binary. Open a text.']);
  });

  it('is told apart from a cancelled one and a lost connection', () => {
    const withCode = (code: number) => toFailure(Object.assign(new Error('x'), { code }));
    assert.equal(withCode(-32800).cancelled, true);
    assert.equal(withCode(-32097).reason, 'backend-stopped');
    assert.equal(withCode(-32603).reason, 'internal');
    assert.equal(toFailure('text').reason, 'internal');
    const failure = new BackendFailure('cancelled', 'Cancelled', '');
    assert.equal(toFailure(failure), failure);
  });
});

describe('health', () => {
  it('is a snapshot that the last notification replaced', async () => {
    let tell: (health: ReturnType<typeof healthWith>) => void = () => undefined;
    const backend = new BackendSupervisor({
      launch: (onHealth) => {
        tell = onHealth;
        const life = new FakeLife();
        life.automatic = () => [];
        return Promise.resolve(life);
      },
      restore: () => Promise.resolve(),
    });
    await ask(backend);
    tell(healthWith(modelSummary('/a')));
    assert.equal(backend.health?.models.length, 1);
    await backend.stop();
    tell(healthWith());
    assert.equal(backend.health, undefined, 'a process that was stopped has no say any more');
  });
});

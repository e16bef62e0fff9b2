// *Steer Along This Probe…*: which model, towards which class and away from which; and the probes that *Steer…* offers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askProbeDirection, askSteering, type PickItem } from '../../src/host/probes/steering';
import type { ProbeModel, ProbeResult } from '../../src/protocol/probes';
import { makeProbes } from '../webview/harness/probeSample';
import { FakeRequester, modelSummary } from './host-fakes';

const [cfg, stories] = [modelSummary('/cfg'), modelSummary('/stories')];
const folder = makeProbes({ layers: 2 });
const [probe] = folder.probes;
const FILE = '/probes/a.probe.safetensors';
const direction = { kind: 'numbers' as const, values: [1, 2], name: 'ancestor: 8' };

/** A backend that tells once after the other which models have the probe's weights. */
function backend(...models: Partial<ProbeModel>[]): FakeRequester {
  const requester = new FakeRequester();
  requester.automatic = (name) => {
    if (name === 'subtext/probeModel') return { name: 'cfg', open: [], path: null, ...models.shift() };
    if (name === 'subtext/probeSteering') return { part: 'L1.resid', direction };
    if (name === 'subtext/listProbes') return [folder];
    return name === 'subtext/openProbes' ? folder : undefined;
  };
  return requester;
}

/** Picks by labels, and agrees or not. */
function person(labels: (string | undefined)[], agrees = true, opened = cfg) {
  const said: string[] = [];
  const offered: string[][] = [];
  const used: (string | undefined)[] = [];
  const pick: PickItem = (placeholder, items) => {
    said.push(placeholder);
    offered.push(items.map(({ label, description = '' }) => `${label} ${description}`.trim()));
    return Promise.resolve(items.find(({ label }) => label === labels[0] && labels.shift() !== undefined));
  };
  return {
    said,
    offered,
    used,
    pick,
    agrees: (what: string, offer: string) => {
      said.push(`${what} [${offer}]`);
      return Promise.resolve(agrees);
    },
    use: (path: string | undefined) => {
      used.push(path);
      return Promise.resolve(opened);
    },
  };
}

describe('steering along a probe', () => {
  it('asks for two classes where the model is in use', async () => {
    const requester = backend({ open: [cfg.id] });
    const asked = person(['8', '7']);
    const found = await askSteering(requester, FILE, probe, cfg, asked);
    assert.deepEqual(found, { model: cfg, part: 'L1.resid', direction });
    assert.deepEqual(requester.named('subtext/probeSteering')[0].params, {
      file: FILE,
      towards: '8',
      from: '7',
    });
    assert.deepEqual(asked.offered[1], ['The Mean of All', '7', '9']);
  });

  it('goes away from the mean of all', async () => {
    const requester = backend({ open: [cfg.id] });
    await askSteering(requester, FILE, probe, cfg, person(['8', 'The Mean of All']));
    assert.deepEqual(requester.named('subtext/probeSteering')[0].params, { file: FILE, towards: '8' });
  });

  it('says that another model is in use, and opens the right one', async () => {
    const requester = backend({ path: '/models/cfg' }, { open: [cfg.id] });
    const asked = person(['8', '7']);
    const found = await askSteering(requester, FILE, probe, stories, asked);
    assert.equal(found?.model, cfg);
    assert.equal(asked.said[0], 'The probe was trained on cfg, and the model in use is stories. [Open cfg]');
    assert.deepEqual(asked.used, ['/models/cfg']);
  });

  it('offers the one that is open beside the one in use, and lets a person look where none is known', async () => {
    const beside = person([undefined]);
    await askSteering(backend({ open: [cfg.id] }, { open: [cfg.id] }), FILE, probe, stories, beside);
    assert.match(beside.said[0], /\[Use cfg\]$/);
    assert.deepEqual(beside.used, [cfg.id]);
    const lost = person([undefined]);
    await askSteering(backend({}, { open: [cfg.id] }), FILE, probe, undefined, lost);
    assert.equal(lost.said[0], 'The probe was trained on cfg, which is not open. [Open Model…]');
    assert.deepEqual(lost.used, [undefined]);
  });

  it('refuses a model that was opened and has other weights', async () => {
    const asked = person(['8', '7'], true, stories);
    const steering = askSteering(backend({ path: '/old' }, { open: [] }), FILE, probe, undefined, asked);
    await assert.rejects(steering, /stories has other weights/);
  });

  it('ends where a person gives up', async () => {
    const requester = backend({ path: '/cfg' }, { open: [cfg.id] }, { open: [cfg.id] });
    assert.equal(await askSteering(requester, FILE, probe, stories, person([], false)), undefined);
    assert.equal(await askSteering(requester, FILE, probe, cfg, person([])), undefined);
    assert.equal(await askSteering(requester, FILE, probe, cfg, person(['8'])), undefined);
    assert.equal(requester.named('subtext/probeSteering').length, 0);
  });

  it('refuses a probe without direction before it asks anything', async () => {
    const asked = person([]);
    const update: ProbeResult = { ...probe, kind: 'embedding-update' };
    await assert.rejects(askSteering(backend(), FILE, update, cfg, asked), /no direction/);
    await assert.rejects(
      askSteering(backend(), FILE, { ...probe, hook: 'hook_embed' }, cfg, asked),
      /hook_embed/,
    );
    assert.deepEqual(asked.said, []);
  });
});

describe('the probes that Steer… offers', () => {
  const browse = (path?: string) => () => Promise.resolve(path);

  it('are those of the model, the ones that read what is steered first', async () => {
    const asked = person(['ancestor · level 2', '8', '9']);
    const requester = backend();
    const found = await askProbeDirection(requester, 'L2.resid', cfg, ['/work'], {
      ...asked,
      browse: browse(),
    });
    assert.equal(found, direction);
    const parts = asked.offered[0].slice(0, -1).map((line) => /L\d\.resid/.exec(line)?.[0]);
    assert.deepEqual(parts, [...Array<string>(3).fill('L2.resid'), ...Array<string>(3).fill('L1.resid')]);
    const { file } = folder.probes.find(({ layer }) => layer === 1)!;
    assert.deepEqual(requester.named('subtext/probeSteering')[0].params, {
      file: `${folder.path}/${file}`,
      towards: '8',
      from: '9',
    });
    const none = person([]);
    await askProbeDirection(backend(), 'L2.resid', stories, [], { ...none, browse: browse() });
    assert.deepEqual(none.offered[0], ['$(folder) Probe File…']);
  });

  it('can be any that a person names', async () => {
    const file = `${folder.path}/${probe.file}`;
    const asked = { ...person(['$(folder) Probe File…', '8', 'The Mean of All']), browse: browse(file) };
    assert.equal(await askProbeDirection(backend(), 'L1.resid', cfg, [], asked), direction);
    const stranger = { ...person(['$(folder) Probe File…']), browse: browse('/probes/x.safetensors') };
    await assert.rejects(
      askProbeDirection(backend(), 'L1.resid', cfg, [], stranger),
      /is no probe of its folder/,
    );
    const nobody = { ...person(['$(folder) Probe File…']), browse: browse() };
    assert.equal(await askProbeDirection(backend(), 'L1.resid', cfg, [], nobody), undefined);
  });
});

// Which panels and lines folders of probes have.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProbeFolder } from '../../src/protocol/probes';
import { chartProbes, folderNames } from '../../webview/probes/probes';
import { seriesOf, withoutHidden } from '../../webview/probes/series';
import { initialState, openProbe, receive, savedState, withSettings } from '../../webview/probes/state';
import { makeProbes } from '../webview/harness/probeSample';
import { alongLayers, compared, probesOf, run, steps } from './webview-probes';

describe('the lines of a folder', () => {
  it('are its models along layers, of a run the last step', () => {
    const { panels, names, slots } = seriesOf(probesOf(compared), alongLayers);
    assert.deepEqual(
      panels.map(({ title }) => title),
      ['ancestor · level 2', 'ancestor · level 3', 'ancestor · level 4'],
    );
    assert.deepEqual(
      names.map(({ label }) => label),
      ['cfg', 'gpt-01'],
    );
    assert.deepEqual(
      slots.map(({ label }) => label),
      ['0', '1', '2'],
    );
    const [, ofRun] = panels[0].lines;
    assert.deepEqual(
      ofRun.points.map(({ x, result }) => [x, result.step, result.layer]),
      [0, 1, 2].map((layer) => [layer, 400, layer]),
    );
  });

  it('are layers along steps', () => {
    const { panels, names, extent } = seriesOf(probesOf(compared), { ...alongLayers, axis: 'step' });
    assert.deepEqual(
      names.map(({ label }) => label),
      ['layer 0', 'layer 1', 'layer 2'],
    );
    assert.deepEqual(extent, [100, 400]);
    for (const { points } of panels[0].lines) {
      assert.deepEqual(
        points.map(({ x }) => x),
        [100, 200, 400],
      );
    }
  });

  it('are all steps along layers where that is asked for', () => {
    const { names } = seriesOf(probesOf(run), { ...alongLayers, step: 'all' });
    assert.deepEqual(
      names.map(({ label }) => label),
      ['step 100', 'step 200', 'step 400'],
    );
  });

  it('have the stream that enters and leaves the layers at their ends', () => {
    const [first] = probesOf(compared);
    const outside = ['ln_final.hook_normalized', 'hook_embed'].map((hook) => ({
      ...first,
      hook,
      layer: null,
    }));
    const { slots, panels } = seriesOf([...outside, ...probesOf(compared)], alongLayers);
    assert.deepEqual(
      slots.map(({ label }) => label),
      ['embed', '0', '1', '2', 'ln_final'],
    );
    assert.deepEqual(
      panels[0].lines[0].points
        .map(({ x, result }) => [x, result.hook])
        .filter((_, at) => at === 0 || at === 4),
      [
        [0, 'hook_embed'],
        [4, 'ln_final.hook_normalized'],
      ],
    );
  });

  it('are called by what tells them apart', () => {
    const mlp = probesOf(compared).map((probe) => ({
      ...probe,
      hook: probe.hook.replace('hook_resid_post', 'hook_mlp_out'),
    }));
    const both = [...probesOf(compared), ...mlp].filter(({ step }) => step === null);
    assert.deepEqual(
      seriesOf(both, alongLayers).names.map(({ label }) => label),
      ['hook_resid_post', 'hook_mlp_out'],
    );
  });

  it('show the same control once', () => {
    // The sample's majority does not depend on the model, its untrained control does.
    const [panel] = seriesOf(probesOf(compared), alongLayers).panels;
    const count = (name: string) => panel.controls.filter((control) => control.name === name).length;
    assert.deepEqual([count('majority'), count('untrained'), count('shuffled')], [1, 2, 2]);
    assert.deepEqual(
      panel.controls.map(({ name, key }) => [name, key]),
      [
        ['majority', undefined],
        ...['untrained', 'shuffled'].flatMap((name) => panel.lines.map(({ key }) => [name, key])),
      ],
    );
  });

  it('take their controls with them when they are hidden', () => {
    const series = seriesOf(probesOf(compared), alongLayers);
    const [, hidden] = series.names;
    const [panel] = withoutHidden(series, [hidden.key]).panels;
    assert.deepEqual(
      panel.lines.map(({ key }) => key),
      [series.names[0].key],
    );
    assert.equal(panel.controls.filter(({ name }) => name === 'untrained').length, 1);
  });
});

describe('folders side by side', () => {
  const folderAt = (path: string, options = {}): ProbeFolder => ({
    ...makeProbes({ layers: 2, ...options }),
    path,
  });
  const encoder = { models: [{ model: 'encoder', step: null }] };

  it('are lines of one chart, a line for each model', () => {
    const probes = chartProbes([folderAt('/a/gpt.probes'), folderAt('/a/encoder.probes', encoder)]);
    const { panels, names } = seriesOf(probes, alongLayers);
    assert.equal(panels.length, 3);
    assert.deepEqual(
      names.map(({ label }) => label),
      ['cfg', 'encoder'],
    );
    for (const { lines } of panels) {
      assert.deepEqual(
        lines.map(({ points }) => points.map(({ result }) => result.model)),
        [
          ['cfg', 'cfg'],
          ['encoder', 'encoder'],
        ],
      );
    }
  });

  it('tell models of one name apart by the folder, and probes of one name by themselves', () => {
    const probes = chartProbes([
      folderAt('/a/tree.probes', { name: 'tree' }),
      folderAt('/b/tree.probes', { name: 'tree' }),
      folderAt('/b/encoder.probes', encoder),
    ]);
    assert.deepEqual(
      seriesOf(probes, alongLayers).names.map(({ label }) => label),
      ['cfg · a/tree', 'cfg · b/tree', 'encoder'],
    );
    assert.equal(new Set(probes.map(({ id }) => id)).size, probes.length);
  });

  it('are named by as much of their paths as is needed', () => {
    const named = (name: string, ...paths: string[]) => paths.map((path) => ({ path, name }));
    const folders = [
      ...named('tree', '/x/a/tree.probes', 'C:\\y\\b\\tree.probes'),
      ...named('c', '/x/c.probes'),
    ];
    assert.deepEqual(folderNames(folders), ['a/tree', 'b/tree', 'c']);
    assert.deepEqual(folderNames(named('tree', '/x/s/tree', '/y/s/tree')), ['x/s/tree', 'y/s/tree']);
    assert.deepEqual(folderNames(named('tree', '/x/tree', '/y/tree.probes')), ['x/tree', 'y/tree']);
  });

  it('keep runs apart: the last step is that of each', () => {
    const long = makeProbes({ models: [...steps, { model: 'gpt-01 step 800', step: 800 }], layers: 2 });
    const { panels } = seriesOf(chartProbes([run, { ...long, path: '/other', name: 'other' }]), alongLayers);
    assert.deepEqual(
      panels[0].lines.map(({ points }) => points[0].result.step),
      [400, 800],
    );
  });

  it('have what only one has beside the rest of its target, and say how many classes each tells apart', () => {
    const targets = (levels: number[], classes: string[]) => ({
      targets: [
        { target: 'ancestor', levels, classes },
        { target: 'boundary', levels },
      ],
    });
    const probes = chartProbes([
      folderAt('/a/one', targets([2, 3], ['7', '8', '9'])),
      folderAt('/a/two', targets([3, 4], ['7', '8'])),
    ]);
    const { panels } = seriesOf(probes, alongLayers);
    assert.deepEqual(
      panels.map(({ target, level, classes }) => [target, level, classes]),
      [
        ['ancestor', 2, [3]],
        ['ancestor', 3, [3, 2]],
        ['ancestor', 4, [2]],
        ['boundary', 2, [3]],
        ['boundary', 3, [3]],
        ['boundary', 4, [3]],
      ],
    );
  });

  it('come back as they were, and keep what is open when another is added', () => {
    const [first, second] = [folderAt('/a/one'), folderAt('/a/two')];
    const alone = receive(initialState(undefined), { type: 'folders', folders: [first] });
    const open = alone.probes[1].id;
    const both = receive(withSettings(alone, { open, ownScales: true }), {
      type: 'folders',
      folders: [first, second],
    });
    assert.equal(openProbe(both)?.id, open);
    const kept = savedState(both);
    assert.deepEqual(kept.folders, ['/a/one', '/a/two']);
    const again = receive(initialState(kept), { type: 'folders', folders: [first, second] });
    assert.deepEqual([again.settings, again.series], [both.settings, both.series]);
  });
});

// Logit attribution without a page: its rows and their sum, and what is believed of a saved state.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { savedChoice } from '../../src/host/panels/savedState';
import type { LogitAttribution } from '../../src/protocol/attribution';
import { barsDrawing } from '../../webview/attribution/saving';
import type { Box } from '../../webview/shared/surface';
import { componentRows, neuronRows, sumOf } from '../../webview/attribution/rows';
import { source } from './webview-lens';

const attribution: LogitAttribution = {
  source,
  position: 3,
  piece: ' was',
  range: { start: 6, end: 8 },
  token: { id: 1, piece: ' a' },
  logits: Float32Array.of(2),
  probabilities: Float32Array.of(0.5),
  components: [
    { kind: 'embedding', layer: -1 },
    { kind: 'head', layer: 0, head: 2 },
    { kind: 'mlp', layer: 0 },
    { kind: 'constant', layer: -1 },
  ],
  values: Float32Array.of(0.5, -3, 4, 0.5),
  constants: { names: ['unembed.b_U'], values: Float32Array.of(0.5) },
  accumulated: Float32Array.of(0.5, 2),
  neurons: {
    layers: Int32Array.of(1, 0),
    neurons: Int32Array.of(7, 9),
    activations: Float32Array.of(1, 1),
    values: Float32Array.of(-5, 2),
    rest: Float32Array.of(0),
  },
  note: 'a note',
  milliseconds: 1,
};
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('the rows of an attribution', () => {
  it('come by size, by how much they raise, or as the model has them', () => {
    assert.deepEqual(names(componentRows(attribution, 'size')).slice(0, 2), ['L0 MLP', 'L0 H2']);
    assert.equal(names(componentRows(attribution, 'raises')).at(-1), 'L0 H2');
    assert.deepEqual(names(componentRows(attribution, 'place')), ['embed', 'L0 H2', 'L0 MLP', 'constant']);
    assert.deepEqual(names(neuronRows(attribution, 'size')), ['L1 N7', 'L0 N9']);
    assert.deepEqual(names(neuronRows(attribution, 'place')), ['L0 N9', 'L1 N7']);
  });

  it('put what is no number first, where it is seen', () => {
    const broken = { ...attribution, values: Float32Array.of(0.5, NaN, 4, 0.5) };
    assert.equal(componentRows(broken, 'size')[0].name, 'L0 H2');
  });

  it('lead to heads and neurons', () => {
    assert.deepEqual(componentRows(attribution, 'place')[1].head, { layer: 0, head: 2 });
    assert.deepEqual(neuronRows(attribution, 'size')[0].neuron, { layer: 1, neuron: 7 });
  });

  it('name the part that interventions change, where there is one', () => {
    const parts = componentRows(attribution, 'place').map(({ part }) => part);
    assert.deepEqual(parts, [undefined, 'L0H2', 'L0.mlp', undefined]);
    assert.equal(neuronRows(attribution, 'size')[0].part, 'L1N7');
  });

  it('add up to the logit, or to the difference of two', () => {
    assert.deepEqual(sumOf(attribution), { sum: 2, logit: 2 });
    const difference = { ...attribution, against: { id: 2, piece: ' b' }, logits: Float32Array.of(5, 3) };
    assert.deepEqual(sumOf(difference), { sum: 2, logit: 2 });
  });
});

it('the picture of an attribution has a bar for every row, its sign on a side and in the number', () => {
  const rows = [
    { name: 'L0 H2', value: -3, tip: '' },
    { name: 'L0 MLP', value: 1.5, tip: '' },
    { name: 'broken', value: NaN, tip: '' },
  ];
  const colours = { background: 'b', foreground: 'f', quiet: 'q', raises: 'up', lowers: 'down' };
  const drawing = barsDrawing({
    title: 'After token 3',
    groups: [{ label: 'All parts', rows }],
    range: 3,
    colours: colours as never,
  });
  const boxes: (Box & { fill: string })[] = [];
  const words: string[] = [];
  drawing.draw({
    box: (box: Box, fill: string) => boxes.push({ ...box, fill }),
    text: (text: string) => words.push(text),
  } as never);
  const middle = boxes.find(({ fill }) => fill === 'q')!.x;
  const [lowers, raises] = [
    boxes.find(({ fill }) => fill === 'down')!,
    boxes.find(({ fill }) => fill === 'up')!,
  ];
  assert.equal(lowers.x + lowers.width, middle);
  assert.equal(raises.x, middle);
  assert.equal(raises.width, lowers.width / 2);
  const said = ['After token 3', 'All parts', 'L0 H2', '−3.00', 'L0 MLP', '+1.50', 'broken', 'NaN'];
  assert.deepEqual(words, said);
  assert.ok(boxes.every(({ y, height }) => y + height <= drawing.height));
});

it('of a saved choice only what makes sense is taken', () => {
  const choice = { offset: 3, token: ' a', against: 7, position: -1 };
  assert.deepEqual(savedChoice({ choice }), { offset: 3, token: ' a', against: 7 });
  assert.deepEqual(savedChoice({ choice: { token: '', offset: 'x' } }), {});
  assert.deepEqual(savedChoice(undefined), {});
});

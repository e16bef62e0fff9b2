// The interventions of open models: what the list becomes, what the backend is sent, and what is kept.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import { neuronProblem, numberTyped, partProblem, partTyped } from '../../src/host/interventions/entries';
import { Interventions } from '../../src/host/interventions/interventions';
import { added, storedList, switched, withFactor } from '../../src/host/interventions/list';
import { Models } from '../../src/host/models';
import { printPart, type Intervention, type InterventionState } from '../../src/protocol/interventions';
import { FakeLife, FakeRequester, healthWith, modelSummary, settle } from './host-fakes';

const ablated = { part: 'L1H2', change: { kind: 'ablate', to: 'zero' } } as const;
const scaled = { part: 'L0N3', change: { kind: 'scale', factor: 0.5 } } as const;

type Sent = { model: string; interventions: Intervention[] };

/** A backend that takes every list; what it cannot apply is named by its part. */
function opened(saved?: unknown, problems: Record<string, string> = {}) {
  const requester = new FakeRequester();
  const store = new Map<string, unknown>(saved === undefined ? [] : [['subtext.interventions', saved]]);
  const memory = {
    get: (key: string) => store.get(key),
    update: (key: string, value: unknown) => {
      store.set(key, value);
      return Promise.resolve();
    },
  };
  const states = ({ interventions }: Sent): InterventionState[] =>
    interventions.map(({ id, part }) =>
      part in problems ? { id, problem: problems[part] } : { id, does: `${part} changes` },
    );
  requester.automatic = (name, params) =>
    name === 'subtext/setInterventions' ? states(params as Sent) : null;
  const models = new Models(requester, memory);
  const interventions = new Interventions(requester, models, memory);
  const applied: string[] = [];
  interventions.onDidApply((model) => applied.push(model));
  models.follow(healthWith(modelSummary('/a')));
  const sent = () => requester.named('subtext/setInterventions').map(({ params }) => params as Sent);
  return { requester, models, interventions, applied, sent, store };
}

describe('the interventions of a model', () => {
  it('are sent as a whole, said to apply, and kept for the next window', async () => {
    const { interventions, sent, applied, store } = opened();
    await interventions.add('/a', ablated);
    await interventions.add('/a', scaled);
    assert.deepEqual(
      sent().map(({ interventions: list }) => list.map(({ id, on }) => [id, on])),
      [
        [['ablate L1H2', true]],
        [
          ['ablate L1H2', true],
          ['scale L0N3=0.5', true],
        ],
      ],
    );
    assert.deepEqual(applied, ['/a', '/a']);
    assert.equal(interventions.stateOf('/a', 'ablate L1H2')?.does, 'L1H2 changes');
    assert.deepEqual(store.get('subtext.interventions'), { '/a': interventions.of('/a') });

    const next = opened(store.get('subtext.interventions'));
    assert.deepEqual(next.sent(), [{ model: '/a', interventions: interventions.of('/a') }]);
    await settle();
    assert.equal(next.interventions.activeCount('/a'), 2);
    // Nothing was asked under another list: nothing has to be asked again.
    assert.deepEqual(next.applied, []);
  });

  it('count as active while they are on and can be applied', async () => {
    const { interventions } = opened(undefined, { L1H2: 'no such head' });
    await interventions.add('/a', ablated, scaled);
    assert.equal(interventions.activeCount('/a'), 1);
    await interventions.switch('/a', new Map([['scale L0N3=0.5', false]]));
    assert.equal(interventions.activeCount('/a'), 0);
  });

  it('stay what they were where the backend refuses the change', async () => {
    const { interventions, requester, applied } = opened();
    await interventions.add('/a', ablated);
    requester.automatic = () => new BackendFailure('interventions', 'L9H0 is nothing', 'Mend it.');
    await assert.rejects(interventions.add('/a', { ...ablated, part: 'L9H0' }), /L9H0 is nothing/);
    assert.deepEqual(
      interventions.of('/a').map(({ part }) => part),
      ['L1H2'],
    );
    // What was asked meanwhile was asked for nothing.
    assert.equal(applied.length, 3);
  });

  it('are given to a backend that was started anew, and say why it does not take them', async () => {
    const { interventions } = opened();
    await interventions.add('/a', ablated);
    const life = new FakeLife();
    life.automatic = () => new BackendFailure('interventions', 'The list: no', 'Mend it.');
    await interventions.restore(life);
    assert.deepEqual(life.named('subtext/setInterventions').length, 1);
    assert.match(interventions.stateOf('/a', 'ablate L1H2')?.problem ?? '', /The list: no/);
  });

  it('go with their model, and come back with it', async () => {
    const { interventions, models, sent } = opened();
    await interventions.add('/a', ablated);
    await models.close('/a');
    assert.deepEqual(interventions.of('/a'), []);
    models.follow(healthWith(modelSummary('/a')));
    assert.deepEqual(
      sent()
        .at(-1)
        ?.interventions.map(({ id }) => id),
      ['ablate L1H2'],
    );
  });
});

describe('a list of interventions', () => {
  const list = added([], [ablated, scaled]);

  it('holds no entry twice: what is there is switched on', () => {
    const off = switched(list, new Map([['ablate L1H2', false]]));
    assert.deepEqual(added(off, [ablated]), list);
  });

  it('tells entries apart that have the same short form', () => {
    const text = (towards: string) =>
      ({
        part: 'L1.mlp',
        change: {
          kind: 'steer',
          factor: 1,
          direction: { kind: 'difference', towards: { text: towards }, from: { text: 'b' } },
        },
      }) as const;
    const ids = added([], [text('a'), text('c')]).map(({ id }) => id);
    assert.deepEqual(ids, ['steer L1.mlp=1*difference', 'steer L1.mlp=1*difference (2)']);
  });

  it('takes another factor only where there is one', () => {
    const changes = (id: string) => withFactor(list, id, 2).map(({ change }) => change);
    assert.deepEqual(changes('scale L0N3=0.5'), [ablated.change, { kind: 'scale', factor: 2 }]);
    assert.deepEqual(changes('ablate L1H2'), [ablated.change, scaled.change]);
  });

  it('is read from storage that may hold anything', () => {
    assert.deepEqual(storedList('no'), []);
    assert.deepEqual(storedList([null, 3, { id: 'x', on: true, part: 'L0H0' }, list[0]]), [list[0]]);
  });
});

describe('a part that is typed', () => {
  const model = modelSummary('/a');

  for (const [typed, part] of [
    ['L1H5', 'L1H5'],
    [' l0 n3 ', 'L0N3'],
    ['l1.ATTN', 'L1.attn'],
    ['L2.resid', 'L2.resid'],
  ]) {
    it(`${typed} is ${part}`, () => {
      const found = partTyped(typed);
      assert.equal(found && printPart(found), part);
      assert.equal(partProblem(typed, model), undefined);
    });
  }

  for (const [typed, why] of [
    ['head 3', /^Type a head L3H5/],
    ['L2H0', /no L2H0: its layers are L0 to L1/],
    ['L0H8', /no L0H8: its heads are H0 to H7/],
    ['L0N4', /no L0N4: its neurons are N0 to N3/],
    ['L2.mlp', /layers are L0 to L1/],
    ['L3.resid', /layers are L0 to L2/],
  ] as const) {
    it(`${typed} is refused with what there is`, () => assert.match(partProblem(typed, model) ?? '', why));
  }

  it('is a neuron where one is asked for', () => {
    assert.match(neuronProblem('L1H0', model) ?? '', /such as L2N17/);
    assert.equal(neuronProblem('l1n3', model), undefined);
  });

  it('comes with numbers as people write them', () => {
    assert.deepEqual(['−4', '0,5', ' 1e2 ', '', 'x', 'Infinity'].map(numberTyped), [
      -4,
      0.5,
      100,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

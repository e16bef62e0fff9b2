// Interventions as data: their short form, their file, and what is said about those that are wrong.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { BaseValues } from '../../src/backend/interpret/interventions/baseValues';
import { Interventions } from '../../src/backend/interpret/interventions/interventions';
import { checkInterventions, parseInterventions } from '../../src/backend/interpret/interventions/schema';
import {
  parseIntervention,
  parsePart,
  printIntervention,
  printPart,
  type Change,
  type Intervention,
  type InterventionVerb,
} from '../../src/protocol/interventions';
import { isError } from '../support/errors';
import { INTERVENTIONS_SCHEMA, interventionsSchemaText } from '../support/interventionsSchema';
import { randomModel } from '../support/randomModel';

const reference = new ReferenceExecutor();

describe('the short form of a part', () => {
  for (const name of ['L0H0', 'L3H5', 'L12N3071', 'L1.attn', 'L1.mlp', 'L10.resid']) {
    it(`${name} is printed as it was read`, () => assert.equal(printPart(parsePart(name)!), name));
  }
  for (const name of [
    '',
    'L',
    'L1',
    'H1',
    'L1H',
    'L1.neuron',
    'L-1H2',
    'L1H2 ',
    'l1h2',
    'L1H2H3',
    'L1.5H2',
  ]) {
    it(`'${name}' is none`, () => assert.equal(parsePart(name), undefined));
  }
});

describe('the short form of an intervention', () => {
  const readable: [InterventionVerb, string][] = [
    ['ablate', 'L3H5'],
    ['ablate-mean', 'L1.mlp'],
    ['scale', 'L2N17=0.5'],
    ['scale', 'L2.attn=-1'],
    ['steer', 'L2N17=4'],
    ['steer', 'L4.resid=-4.5*L2N17'],
  ];
  for (const [verb, text] of readable) {
    it(`${verb} ${text} is printed as it was read`, () => {
      assert.equal(printIntervention(parseIntervention(verb, text)!), `${verb} ${text}`);
    });
  }
  const wrong: [InterventionVerb, string][] = [
    ['ablate', 'L3H5=0'],
    ['ablate', 'head 5'],
    ['scale', 'L2N17'],
    ['scale', 'L2N17='],
    ['scale', 'L2N17=much'],
    ['scale', 'L2N17=Infinity'],
    ['scale', 'L2N17=1=2'],
    ['scale', 'L4.resid=4*L2N17'],
    ['steer', 'L4.resid=4*L2H1'],
    ['steer', 'L4.resid=4*L2N1*L2N2'],
  ];
  for (const [verb, text] of wrong) {
    it(`${verb} ${text} is none`, () => assert.equal(parseIntervention(verb, text), undefined));
  }
});

describe('a file of interventions', () => {
  it('is read back as it was written', () => {
    const passage = { text: 'good', range: { start: 0, end: 4 } };
    const interventions: Intervention[] = [
      entry('L1H2', { kind: 'ablate', to: 'mean' }),
      { ...entry('L0N3', { kind: 'scale', factor: 0.5 }), on: false },
      entry('L0N4', { kind: 'steer', factor: -2 }),
      entry('L1.resid', {
        kind: 'steer',
        factor: 1,
        direction: { kind: 'difference', towards: passage, from: { text: 'bad' } },
      }),
      entry('L1.mlp', {
        kind: 'steer',
        factor: 1,
        direction: { kind: 'numbers', values: [1, -2.5], name: 'a probe' },
      }),
      entry('L1.attn', { kind: 'steer', factor: 1, direction: { kind: 'neuron', neuron: 'L0N2' } }),
      entry('L0.resid', { kind: 'patch', text: 'another', align: 'subsequence' }),
    ];
    const file = { model: 'stories', interventions };
    assert.deepEqual(parseInterventions(JSON.stringify(file), 'file'), file);
  });

  it('may leave out what is usual: the id, the switch, zero and equal', () => {
    const { interventions } = parseInterventions(
      `\uFEFF{"interventions": [
        {"part": "L1H2", "change": {"kind": "ablate"}},
        {"part": "L1H2", "change": {"kind": "ablate"}},
        {"part": "L0.resid", "change": {"kind": "patch", "text": "t"}}
      ]}`,
      'file',
    );
    assert.deepEqual(interventions, [
      { id: 'ablate L1H2', on: true, part: 'L1H2', change: { kind: 'ablate', to: 'zero' } },
      { id: 'ablate L1H2 (2)', on: true, part: 'L1H2', change: { kind: 'ablate', to: 'zero' } },
      {
        id: 'patch L0.resid',
        on: true,
        part: 'L0.resid',
        change: { kind: 'patch', text: 't', align: 'equal' },
      },
    ]);
  });

  const wrong: Record<string, [string, ...string[]]> = {
    'is no JSON': ['{"interventions": [', 'a.interventions.json: '],
    'has no list': ['{}', 'interventions is missing'],
    'is a list itself': ['[]', 'the file is not an object'],
    'has a key that is not known': [
      '{"interventions": [{"prat": "L1H2", "part": "L1H2", "change": {"kind": "ablate"}}]}',
      'interventions.0.prat is not known (did you mean part?)',
    ],
    'has a change that is not known': [
      '{"interventions": [{"part": "L1H2", "change": {"kind": "remove"}}]}',
      'interventions.0.change.kind is "remove", not one of ablate, scale, steer, patch',
    ],
    'has a factor that is no number': [
      '{"interventions": [{"part": "L1H2", "change": {"kind": "scale", "factor": "2"}}]}',
      'interventions.0.change.factor is not a number',
    ],
    'names what is no part': [
      '{"interventions": [{"part": "head 5", "change": {"kind": "ablate"}}]}',
      'interventions.0: head 5 names no part of a model',
    ],
    'steers a head': [
      '{"interventions": [{"part": "L1H2", "change": {"kind": "steer", "factor": 2}}]}',
      'interventions.0: L1H2 cannot be steered',
    ],
    'steers a layer along nothing': [
      '{"interventions": [{"part": "L1.mlp", "change": {"kind": "steer", "factor": 2}}]}',
      'interventions.0: direction is missing',
    ],
    'has two entries of one id': [
      '{"interventions": [{"id": "a", "part": "L1H2", "change": {"kind": "ablate"}}, {"id": "a", "part": "L1H1", "change": {"kind": "ablate"}}]}',
      'interventions.1.id is a',
    ],
  };
  for (const [what, [text, ...parts]] of Object.entries(wrong)) {
    it(`that ${what} is refused`, () => {
      assert.throws(
        () => parseInterventions(text, 'a.interventions.json'),
        isError('interventions', ...parts),
      );
    });
  }

  it('with a factor that is not finite is refused from the panel too', () => {
    const list = [entry('L0N1', { kind: 'scale', factor: NaN })];
    assert.throws(() => checkInterventions(list), isError('interventions', 'interventions.0.change.factor'));
  });
});

describe('interventions saved for another model', () => {
  const model = randomModel({}, reference); // Two layers, three heads, 14 neurons, 10 wide.
  const absent: Record<string, [Intervention, string]> = {
    'a layer': [
      entry('L2H0', { kind: 'ablate', to: 'zero' }),
      'The model has no L2H0. The model has layers 0 to 1.',
    ],
    'a head': [
      entry('L1H3', { kind: 'ablate', to: 'zero' }),
      'The model has no L1H3. Its layers have heads 0 to 2.',
    ],
    'a neuron': [
      entry('L0N14', { kind: 'scale', factor: 2 }),
      'The model has no L0N14. Its layers have neurons 0 to 13.',
    ],
    'a layer’s stream': [entry('L3.resid', { kind: 'scale', factor: 2 }), 'The model has no L3.resid.'],
    'the neuron of a direction': [
      entry('L1.resid', { kind: 'steer', factor: 1, direction: { kind: 'neuron', neuron: 'L5N0' } }),
      'The model has no L5N0.',
    ],
    'as wide a stream': [
      entry('L1.resid', { kind: 'steer', factor: 1, direction: { kind: 'numbers', values: [1, 2] } }),
      'has 2 numbers and the model',
    ],
  };
  for (const [what, [given, problem]] of Object.entries(absent)) {
    it(`say that this one does not have ${what}, and the others still apply`, () => {
      const other = entry('L1H2', { kind: 'ablate', to: 'zero' });
      const list = new Interventions(model, [given, other], new BaseValues(model));
      assert.ok(list.states[0].problem!.includes(problem), list.states[0].problem);
      assert.deepEqual(list.states[1], { id: other.id, does: 'L1H2 becomes zero' });
      assert.equal(list.active, 1);
    });
  }

  it('say that a model without MLP has no neurons', () => {
    const plain = randomModel({ d_mlp: 0 }, reference);
    const list = new Interventions(
      plain,
      [entry('L0N0', { kind: 'scale', factor: 2 }), entry('L0.mlp', { kind: 'scale', factor: 2 })],
      new BaseValues(plain),
    );
    assert.match(list.states[0].problem!, /no MLP and so no neurons/);
    assert.match(list.states[1].problem!, /no MLP/);
  });
});

function entry(part: string, change: Change): Intervention {
  return { id: `${change.kind} ${part}`, on: true, part, change };
}

describe('the schema that editors check a file with', () => {
  it('is up to date: media/schemas/interventions.schema.json', async () => {
    assert.equal(
      await readFile(INTERVENTIONS_SCHEMA, 'utf8'),
      await interventionsSchemaText(),
      'run npm run docs',
    );
  });
});

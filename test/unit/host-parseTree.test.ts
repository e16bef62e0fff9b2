// Parse trees in the extension host: what is read, what is painted, and the string under the cursor.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParseTreeInspection, withMargin } from '../../src/host/inspection/parseTreeInspection';
import { savedTreeChoice } from '../../src/host/panels/savedTree';
import { ParseTreeHighlight } from '../../src/host/parseTree/highlight';
import type { ParseTreeReadings, ParseTreeString } from '../../src/protocol/parseTrees';
import type { TextRange } from '../../src/protocol/types';
import { FakeRequester } from './host-fakes';

const URI = 'file:///strings.cfgtext';
const LENGTH = 100_000;

function stringAt(start: number): ParseTreeString {
  const place = {
    start,
    end: start + 3,
    starts: Int32Array.of(start, start + 2),
    ends: Int32Array.of(start + 1, start + 3),
  };
  return { ...place, words: ['1', '2'], trees: 1, levels: [] };
}

function readings(ranges: TextRange[]): ParseTreeReadings {
  return {
    source: {
      ...{ uri: URI, version: 1, model: '/m/cfg', modelName: 'cfg', engine: 'cpu', interventions: 0 },
      windows: { count: 1, length: 2, overlap: 0 },
    },
    ...{
      grammar: 'toy',
      probes: '/p',
      folders: ['/p'],
      hook: 'h',
      hooks: ['h'],
      levels: [],
      first: 10,
      ranges,
    },
    strings: [stringAt(10), stringAt(20)],
  };
}

function setUp() {
  const requester = new FakeRequester();
  const shown = { cursor: 21, sight: [{ start: 0, end: 500 }] };
  requester.automatic = (_, params) => readings((params as { ranges: TextRange[] }).ranges);
  const inspection = new ParseTreeInspection({
    requester,
    document: () => ({ version: 1, length: LENGTH }),
    delay: () => 0,
    inSight: () => shown.sight,
    cursor: () => shown.cursor,
    probeFolders: () => ['/w/.subtext/probes'],
  });
  return { requester, inspection, shown };
}

describe('the inspection of parse trees', () => {
  it('asks about what is in sight and some lines around it, never about all of a large file', async () => {
    const { requester, inspection } = setUp();
    await inspection.ask({ uri: URI, model: '/m/cfg' });
    const [{ params }] = requester.named('subtext/readParseTree');
    assert.deepEqual(params, {
      ...{ uri: URI, model: '/m/cfg', probes: null, hook: null, folders: ['/w/.subtext/probes'] },
      ranges: [{ start: 0, end: 3500 }],
    });
  });

  it('shows the string under the cursor, and keeps it where the cursor is in none', async () => {
    const { inspection, shown } = setUp();
    await inspection.ask({ uri: URI, model: '/m/cfg' });
    assert.equal(inspection.string?.start, 20);
    shown.cursor = 16;
    inspection.cursorMoved(URI);
    assert.equal(inspection.string.start, 20);
    shown.cursor = 10;
    inspection.cursorMoved(URI);
    assert.deepEqual([...inspection.tokens!.starts], [10, 12]);
  });

  it('reads on when an editor scrolls to what was not read, and only then', async () => {
    const { requester, inspection, shown } = setUp();
    await inspection.ask({ uri: URI, model: '/m/cfg' });
    shown.sight = [{ start: 1000, end: 2000 }];
    inspection.scrolled(URI);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(requester.asked.length, 1);
    shown.sight = [{ start: 50_000, end: 51_000 }];
    const read = new Promise<void>((resolve) => inspection.onDidChangeAnswer(resolve));
    inspection.scrolled(URI);
    await read;
    assert.deepEqual((requester.asked[1].params as { ranges: TextRange[] }).ranges, [
      { start: 47_000, end: 54_000 },
    ]);
  });

  it('asks for the best probes again when another model is asked', async () => {
    const { requester, inspection } = setUp();
    inspection.choose({ probes: '/p', hook: 'h', levels: [2] });
    await inspection.ask({ uri: URI, model: '/m/cfg' });
    await inspection.ask({ uri: URI, model: '/m/other' });
    const asked = requester.asked.map(({ params }) => params as { probes: unknown; hook: unknown });
    assert.deepEqual(
      asked.map(({ probes, hook }) => [probes, hook]),
      [
        ['/p', 'h'],
        [null, null],
      ],
    );
    assert.deepEqual([inspection.shows(2), inspection.shows(3)], [true, false]);
  });

  it('is a highlight from when it is painted until it is cleared', async () => {
    const { inspection } = setUp();
    const highlight = new ParseTreeHighlight(inspection);
    await inspection.ask({ uri: URI, model: '/m/cfg' });
    assert.equal(highlight.subject, undefined);
    inspection.paint();
    assert.equal(highlight.subject, 'parse tree 1');
    assert.equal(highlight.line?.at, 10);
    highlight.clear();
    assert.equal(highlight.subject, undefined);
    assert.ok(inspection.answer, 'the view keeps it');
  });
});

describe('ranges in sight', () => {
  it('become one where they touch, and stay in the text', () => {
    const near = withMargin(
      [
        { start: 5000, end: 5100 },
        { start: 100, end: 200 },
      ],
      7000,
    );
    assert.deepEqual(near, [{ start: 0, end: 7000 }]);
    assert.equal(
      withMargin(
        [
          { start: 0, end: 10 },
          { start: 50_000, end: 50_010 },
        ],
        LENGTH,
      ).length,
      2,
    );
    assert.deepEqual(withMargin([], 50), [{ start: 0, end: 50 }]);
  });
});

describe('a saved choice', () => {
  it('is taken as far as it makes sense', () => {
    assert.deepEqual(savedTreeChoice({ probes: '/p', hook: 'h', levels: [2, 3], painted: true }), {
      ...{ probes: '/p', hook: 'h', levels: [2, 3], painted: true },
    });
    const nothing = { probes: null, hook: null, levels: null, painted: false };
    for (const wrong of [undefined, 'x', { probes: 1, hook: '', levels: ['2'], painted: 'yes' }])
      assert.deepEqual(savedTreeChoice(wrong), nothing);
  });
});

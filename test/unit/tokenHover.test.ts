// What the hover over a token says, in Markdown.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hoverText } from '../../src/backend/server/hover';

const token = { id: 5, piece: ' dog', start: 3, end: 7 };
const prediction = {
  logProbability: Math.log(0.25),
  rank: 2,
  next: [{ id: 7, piece: ' cat', logProbability: Math.log(0.5) }],
};

it('names the likeliest tokens after a token, and of an encoder those in its place', () => {
  const said = (predictsNext: boolean) => hoverText([{ token, prediction, predictsNext }], 'm').value;
  assert.equal(
    said(true),
    '`·dog` id 5 — m\n\nlog p −1.386 (25%), rank 2\n\n| next | id | p |\n|:--|--:|--:|\n| `·cat` | 7 | 50% |',
  );
  assert.match(said(false), /\| in its place \| id \| p \|/);
});

// The worked example of docs/interventions.md: every command in it prints what stands below it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parseInterventions } from '../../src/backend/interpret/interventions/schema';
import { answer, buildCommand } from '../support/commandLine';
import { stories260K } from '../unit/checkpointFiles';

const skip = existsSync(stories260K) ? false : `${stories260K} is not on this machine`;
const document = readFileSync(join(__dirname, '../../docs/interventions.md'), 'utf8');

/** The blocks of a kind. */
function blocks(kind: string): string[] {
  return [...document.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text,
  );
}

/** Words of a command; quotes hold some together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word.replace(/^"|"$/g, ''));
}

describe('docs/interventions.md', () => {
  it('shows a file that is read as it stands', () => {
    const [file, ...others] = blocks('json');
    assert.equal(others.length, 0);
    assert.deepEqual(
      parseInterventions(file, 'the example').interventions.map(({ part, on }) => [part, on]),
      [
        ['L2H6', true],
        ['L1.mlp', false],
      ],
    );
  });
});

describe('the commands of docs/interventions.md', { skip }, () => {
  before(buildCommand);

  for (const block of blocks('console')) {
    const [line, ...lines] = block.trimEnd().split('\n');
    it(line.slice(2, 60), async () => {
      const [program, ...words] = wordsOf(line.replace(/^\$ /, ''));
      assert.equal(program, 'subtext');
      const given = words.map((word) => (word === 'stories260K' ? stories260K : word));
      const [command, ...options] = given;
      const told = (await answer(command, ...options)).trimEnd().split('\n');
      const isCut = lines.at(-1) === '…';
      const shown = isCut ? lines.slice(0, -1) : lines;
      assert.deepEqual(isCut ? told.slice(0, shown.length) : told, shown);
    });
  }

  it('change the story', () => {
    const [, clean, ablated] = blocks('console').map((block) => block.split('\n').slice(1).join('\n'));
    assert.notEqual(clean, ablated);
  });
});

// The worked examples of the documents: every command in them prints what stands below it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parseInterventions } from '../../src/backend/interpret/interventions/schema';
import { answer, buildCommand } from '../support/commandLine';
import { stories260K } from '../unit/checkpointFiles';

const hasStories = existsSync(stories260K) ? false : `${stories260K} is not on this machine`;

/** The blocks of a kind in one of the documents. */
function blocks(document: string, kind: string): string[] {
  const text = readFileSync(join(__dirname, '../../docs', document), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) => block);
}

/** Words of a command; quotes hold some together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word.replace(/^"|"$/g, ''));
}

describe('docs/interventions.md', () => {
  it('shows a file that is read as it stands', () => {
    const [file, ...others] = blocks('interventions.md', 'json');
    assert.equal(others.length, 0);
    assert.deepEqual(
      parseInterventions(file, 'the example').interventions.map(({ part, on }) => [part, on]),
      [
        ['L2H6', true],
        ['L1.mlp', false],
      ],
    );
  });

  it('changes the story', () => {
    const [, clean, ablated] = blocks('interventions.md', 'console').map((block) =>
      block.split('\n').slice(1).join('\n'),
    );
    assert.notEqual(clean, ablated);
  });
});

for (const [document, skip] of [
  ['interventions.md', hasStories],
  ['grammar-experiment.md', false],
] as const) {
  describe(`the commands of docs/${document}`, { skip }, () => {
    before(buildCommand);

    for (const block of blocks(document, 'console')) {
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
  });
}

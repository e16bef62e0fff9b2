// docs/operations.md says what the operations are now.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { operations } from '../../src/backend/engine/operations';
import { OPERATIONS_DOCUMENT, operationsDocument } from '../support/operationsDocument';

describe('docs/operations.md', () => {
  it('is what the operations say', async () => {
    const written = await readFile(OPERATIONS_DOCUMENT, 'utf8');
    assert.ok(
      written === (await operationsDocument()),
      'docs/operations.md is out of date: run `npm run docs`',
    );
  });

  it('has a meaning for every operation', async () => {
    const document = await operationsDocument();
    const meant = [...document.matchAll(/^\| `(\w+)` \| [^|]/gm)].map(([, name]) => name);
    assert.deepEqual(meant, [...operations.keys()]);
  });
});

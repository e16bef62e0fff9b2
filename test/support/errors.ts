// What a test expects of an error.
import assert from 'node:assert/strict';
import { SubtextError, type ErrorReason } from '../../src/backend/errors';

/** For `assert.throws` and `assert.rejects`: an error with this reason, whose message holds all `parts`. */
export function isError(reason: ErrorReason, ...parts: string[]) {
  return (error: unknown): true => {
    assert.ok(error instanceof SubtextError, String(error));
    assert.equal(error.reason, reason);
    for (const part of parts)
      assert.ok(error.message.includes(part), `'${part}' is not in: ${error.message}`);
    return true;
  };
}

// What a test expects of an error.
import assert from 'node:assert/strict';
import { SubtextError, type ErrorReason } from '../../src/backend/errors';
import { SUBTEXT_FAILURE, type FailureData } from '../../src/protocol/requests';

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

/** For `assert.rejects` of a request to the backend: it says this reason, with a remedy, and its message holds all `parts`. */
export function isFailure(reason: string, ...parts: string[]) {
  return (error: unknown): true => {
    const { code, message, data } = error as { code: number; message: string; data: FailureData };
    assert.deepEqual([code, data.reason], [SUBTEXT_FAILURE, reason], message);
    assert.notEqual(data.remedy, '', message);
    for (const part of parts) assert.ok(message.includes(part), `'${part}' is not in: ${message}`);
    return true;
  };
}

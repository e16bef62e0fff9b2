import { SubtextError } from '../errors';

/** That an engine cannot be used: why, and what would help. */
export function unavailable(message: string, remedy: string): SubtextError {
  return new SubtextError('engine-unavailable', message, remedy);
}

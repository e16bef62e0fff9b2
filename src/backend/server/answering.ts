// How custom requests are answered: arrays packed, failures with reason and remedy, cancelling passed on.
import {
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type Connection,
} from 'vscode-languageserver/node';
import { packArrays } from '../../protocol/arrays';
import {
  SUBTEXT_FAILURE,
  type FailureData,
  type Params,
  type RequestName,
  type Result,
} from '../../protocol/requests';
import { SubtextError } from '../errors';

/** @returns registers what answers a request of the connection */
export function answering(
  connection: Connection,
): <Name extends RequestName>(
  name: Name,
  handle: (params: Params<Name>, onCancel: (cancel: () => void) => void) => Promise<Result<Name>>,
) => void {
  return (name, handle) =>
    connection.onRequest(name, async (params: Params<typeof name>, token: CancellationToken) => {
      try {
        return packArrays(await handle(params, cancelWith(token)));
      } catch (error) {
        return failure(connection, error);
      }
    });
}

/** Tells a call when its asker gives up; at once if that has happened already, since such a token fires no event. */
export function cancelWith(token: CancellationToken): (cancel: () => void) => void {
  return (cancel) => {
    if (token.isCancellationRequested) cancel();
    else token.onCancellationRequested(cancel);
  };
}

function failure({ console }: Connection, error: unknown): ResponseError<FailureData> {
  if (!(error instanceof SubtextError)) throw error;
  if (error.reason === 'cancelled') return new ResponseError(LSPErrorCodes.RequestCancelled, error.message);
  console.error(error.line);
  const { reason, remedy } = error;
  return new ResponseError(SUBTEXT_FAILURE, error.message, { reason, remedy });
}

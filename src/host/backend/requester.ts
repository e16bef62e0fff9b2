// The one way to ask the backend something; fakes in tests implement it too.
import type { Params, RequestName, Result } from '../../protocol/requests';

export interface Requester {
  /**
   * Starts the backend where it does not run yet. Rejects with a `BackendFailure`; its `cancelled` is set once
   * `signal` was aborted, which also tells the backend to stop computing.
   */
  request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    signal?: AbortSignal,
  ): Promise<Result<Name>>;
}

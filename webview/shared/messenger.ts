// The one door between a view and the extension host: typed messages both ways, and the view's own saved state.

export interface Messenger<Incoming, Outgoing, State> {
  post(message: Outgoing): void;
  listen(handle: (message: Incoming) => void): void;
  /** What was saved before a reload, if anything was. */
  saved(): State | undefined;
  save(state: State): void;
}

/** Connects to the extension host; a page can do this once. */
export function connect<Incoming extends { type: string }, Outgoing, State>(): Messenger<
  Incoming,
  Outgoing,
  State
> {
  const api = acquireVsCodeApi<State>();
  return {
    post: (message) => api.postMessage(message),
    listen: (handle) =>
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (hasType(data)) handle(data as Incoming);
      }),
    saved: () => api.getState(),
    save: (state) => void api.setState(state),
  };
}

function hasType(data: unknown): data is { type: string } {
  return typeof data === 'object' && data !== null && 'type' in data && typeof data.type === 'string';
}

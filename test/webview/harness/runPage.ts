// The run view in a page like VS Code's.
import type { Browser } from 'playwright-core';
import type { FromRunView, RunViewState, ToRunView } from '../../../src/protocol/runViews';
import { openPage, type Conversation, type View, type ViewOptions } from './page';
import { runsMessage, type RunSampleData } from './runSample';
import { settle } from './actions';

export interface RunConversation extends Conversation {
  incoming: ToRunView;
  outgoing: FromRunView;
  state: RunViewState;
}

export type RunView = View<RunConversation>;
export type RunViewOptions = ViewOptions<RunConversation>;

/** Opens the run view, which has said `ready` and was told nothing yet. */
export function openRunView(browser: Browser, options: RunViewOptions = {}): Promise<RunView> {
  return openPage<RunConversation>(browser, { name: 'run', title: 'Run' }, options);
}

/** Opens the run view and shows it these runs with their points. */
export async function openRuns(
  browser: Browser,
  runs: readonly RunSampleData[],
  options: RunViewOptions & { others?: { directory: string; name: string }[] } = {},
): Promise<RunView> {
  const view = await openRunView(browser, options);
  await view.send(runsMessage(runs, options.others));
  for (const { points } of runs) await view.send({ type: 'points', points });
  await settle(view);
  return view;
}

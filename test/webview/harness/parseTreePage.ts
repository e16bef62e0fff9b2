// The view of parse trees in a page like VS Code's, told what a test gives or what the host's own inspection reads.
import type { Browser } from 'playwright-core';
import { ParseTreeInspection } from '../../../src/host/inspection/parseTreeInspection';
import type {
  FromParseTreeView,
  ParseTreeViewState,
  ShownParseTree,
  ToParseTreeView,
} from '../../../src/protocol/parseTreeView';
import { settle } from './actions';
import type { BackendProcess } from '../../support/backendProcess';
import { openPage, type Conversation, type View, type ViewOptions } from './page';

export interface ParseTreeConversation extends Conversation {
  incoming: ToParseTreeView;
  outgoing: FromParseTreeView;
  state: ParseTreeViewState;
}

export type ParseTreePage = View<ParseTreeConversation>;
export type ParseTreePageOptions = ViewOptions<ParseTreeConversation>;

/** Opens the view, which was told nothing yet. */
export function openParseTreePage(
  browser: Browser,
  options: ParseTreePageOptions = {},
): Promise<ParseTreePage> {
  return openPage<ParseTreeConversation>(browser, { name: 'parseTree', title: 'Parse Tree' }, options);
}

/** Opens the view on a string that was read. */
export async function showTree(
  browser: Browser,
  tree: ShownParseTree,
  options: ParseTreePageOptions = {},
): Promise<ParseTreePage> {
  const view = await openParseTreePage(browser, options);
  const status = { phase: 'ready', document: 'strings.cfgtext', model: 'cfg', engine: 'cpu' } as const;
  await view.send({ type: 'status', status: { ...status, modelOpen: true } });
  await view.send({ type: 'tree', tree });
  await settle(view);
  return view;
}

export interface ReadStrings {
  backend: BackendProcess;
  model: string;
  /** Of an open document of strings. */
  uri: string;
  text: string;
}

/** Opens the view with the host's inspection behind it, the cursor at an offset of the text. */
export async function showRead(
  browser: Browser,
  { backend, model, uri, text }: ReadStrings,
  cursor: number,
  options: ParseTreePageOptions = {},
): Promise<{ view: ParseTreePage; inspection: ParseTreeInspection }> {
  const inspection = new ParseTreeInspection({
    requester: { request: (name, params) => backend.request(name, params) },
    document: () => ({ version: 1, length: text.length }),
    delay: () => 0,
    inSight: () => [{ start: 0, end: text.length }],
    cursor: () => cursor,
    probeFolders: () => [],
  });
  const view = await openParseTreePage(browser, {
    ...options,
    onMessage(message, page) {
      options.onMessage?.(message, page);
      if (message.type === 'choose') {
        inspection.choose(message.choice);
        if ('hook' in message.choice || 'probes' in message.choice) void inspection.refresh();
      } else if (message.type === 'refresh') void inspection.refresh();
    },
  });
  const send = (message: ToParseTreeView): void => void view.send(message).catch(() => undefined);
  inspection.onDidChange(() => {
    const { phase, failure, answer, string, choice } = inspection;
    send({ type: 'status', status: { phase, message: failure?.line, modelOpen: true } });
    send({ type: 'missing', probes: phase === 'failed' && failure?.reason === 'probe' });
    if (!answer) return;
    const question = { uri, model, ...choice, painted: false };
    send({ type: 'tree', tree: { ...answer, string: string ?? null, question } });
  });
  await inspection.ask({ uri, model });
  await settle(view);
  return { view, inspection };
}

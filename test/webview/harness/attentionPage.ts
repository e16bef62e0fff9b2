// The attention view in a page like VS Code's, with a host that answers as the extension does: the real inspection, the
// real backend process.
import type { Browser } from 'playwright-core';
import { AttentionInspection } from '../../../src/host/inspection/attentionInspection';
import type {
  AttentionViewState,
  FromAttentionView,
  ToAttentionView,
} from '../../../src/protocol/attentionView';
import type { ViewStatus } from '../../../src/protocol/views';
import { openPage, type Conversation, type View, type ViewOptions } from './page';
import { portsOf, uri, type Reader } from './reader';

export interface AttentionConversation extends Conversation {
  incoming: ToAttentionView;
  outgoing: FromAttentionView;
  state: AttentionViewState;
}

export type AttentionPage = View<AttentionConversation>;

export interface Answered {
  view: AttentionPage;
  inspection: AttentionInspection;
  /** Puts the cursor of the editor at an offset. */
  moveCursor(offset: number): void;
}

/** Opens the view and shows the reader's text in it. */
export async function openAttention(
  browser: Browser,
  reader: Reader,
  options: ViewOptions<AttentionConversation> = {},
): Promise<Answered> {
  let cursor: number | undefined;
  const { model, text } = reader;
  const inspection = new AttentionInspection({
    ...portsOf(reader),
    words: (_, { start, end }) => text.slice(start, end),
    cursor: () => cursor,
  });
  const view = await openPage<AttentionConversation>(
    browser,
    { name: 'attention', title: 'Attention' },
    {
      ...options,
      onMessage(message, from) {
        options.onMessage?.(message, from);
        // The page may be closed by now.
        void answer(inspection, message, from).catch(() => undefined);
      },
    },
  );
  const post = (message: ToAttentionView): void => void view.send(message).catch(() => undefined);
  inspection.onDidChange((part) => {
    const { grid, question, hideSink, locked, pinned, token, tokenLinks, ranking } = inspection;
    if (part === 'grid' && grid && question) post({ type: 'grid', grid, hideSink, question });
    else if (part === 'ranking') post({ type: 'ranking', ranking: ranking ?? null });
    else if (part === 'focus') {
      const focus = { head: locked ?? null, pinned, token: token ?? null, links: tokenLinks ?? null };
      post({ type: 'head', focus });
    } else if (part === 'status') {
      post({ type: 'status', status: statusOf(inspection) });
    }
  });
  await inspection.ask({ uri, model });
  await view.page.waitForFunction(() => document.querySelectorAll('.head-cell').length > 0);
  return {
    view,
    inspection,
    moveCursor(offset) {
      cursor = offset;
      inspection.cursorMoved(uri);
    },
  };
}

function statusOf({ phase, failure, grid }: AttentionInspection): ViewStatus {
  const { modelName, engine } = grid?.source ?? {};
  return { phase, message: failure?.line, document: 'story.txt', model: modelName, engine, modelOpen: true };
}

async function answer(
  inspection: AttentionInspection,
  message: FromAttentionView,
  view: AttentionPage,
): Promise<void> {
  if (message.type === 'lock') inspection.lock(message.head);
  else if (message.type === 'unlock') inspection.unlock();
  else if (message.type === 'hideSink') await inspection.setHideSink(message.hideSink);
  else if (message.type === 'point') inspection.point(message.token);
  else if (message.type === 'pin') inspection.pinToken(message.token);
  else if (message.type === 'search') await inspection.search(message.pattern);
  else if (message.type === 'tile') {
    const { request, version, question } = message;
    const tile = await inspection.tile(version, question, new AbortController().signal);
    await view.send(tile ? { type: 'tile', request, tile } : { type: 'noTile', request });
  }
}

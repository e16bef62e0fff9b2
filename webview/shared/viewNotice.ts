// What stands where a view's content would be: nothing asked yet, still computing, failed, or nothing left by the filter.
import type { ViewCommand, ViewStatus } from '../../src/protocol/views';
import { icon, make } from './elements';
import { makeLink } from './links';

export type NoticeKind = 'open' | 'ask' | 'loading' | 'failed' | 'noMatch';

/** What a view says, and the command that it is asked by. */
export interface NoticeWords {
  command: ViewCommand;
  /** The command's title. */
  title: string;
  failed: string;
  /** Nothing is left by the filter. */
  noMatch: string;
}

export interface NoticeActions {
  run: (command: ViewCommand) => void;
  refresh: () => void;
  clearFilter: () => void;
}

export interface Notice {
  element: HTMLElement;
  /** @param hasContent whether something older is still shown: then a failure is a line above it */
  render(kind: NoticeKind | undefined, said: NoticeStatus, hasContent: boolean): void;
}

/** What a status says to a person. */
export type NoticeStatus = Pick<ViewStatus, 'message' | 'mending'>;

/** Which notice a status calls for. */
export function noticeOf({ phase, modelOpen }: ViewStatus, hasContent: boolean): NoticeKind | undefined {
  if (phase === 'failed') return 'failed';
  if (phase === 'empty') return modelOpen ? 'ask' : 'open';
  return hasContent ? undefined : 'loading';
}

/** Makes the notice. */
export function makeNotice(words: NoticeWords, actions: NoticeActions): Notice {
  const element = make('div', { class: 'notice' });
  let shown = '';
  return {
    element,
    render(kind, { message, mending }, hasContent) {
      const signature = JSON.stringify([kind, message, mending, hasContent]);
      if (signature === shown) return;
      shown = signature;
      element.hidden = kind === undefined;
      element.className = `notice ${kind ?? ''} ${kind === 'failed' && hasContent ? 'banner' : ''}`;
      element.role = kind === 'failed' ? 'alert' : null;
      element.replaceChildren(...(kind ? contentOf(kind, { message, mending }, words, actions) : []));
    },
  };
}

function contentOf(
  kind: NoticeKind,
  { message = '', mending }: NoticeStatus,
  words: NoticeWords,
  { run, refresh, clearFilter }: NoticeActions,
): Node[] {
  switch (kind) {
    case 'open':
      return [paragraph(message), paragraph(makeLink('Open Model…', () => run('subtext.openModel')))];
    case 'ask':
      return [paragraph(message), paragraph(makeLink(words.title, () => run(words.command)))];
    case 'loading':
      return message === '' ? [] : [paragraph(message)];
    case 'failed':
      return [
        icon('error'),
        make(
          'div',
          {},
          paragraph(message || words.failed),
          paragraph(
            ...(mending ? [makeLink(mending.title, () => run(mending.command))] : []),
            makeLink('Try Again', refresh),
            makeLink('Show Log', () => run('subtext.showLog')),
          ),
        ),
      ];
    case 'noMatch':
      return [paragraph(`${words.noMatch} `, makeLink('Clear Filter', clearFilter))];
  }
}

function paragraph(...content: (string | Node)[]): HTMLElement {
  const element = make('p');
  element.append(...content);
  return element;
}

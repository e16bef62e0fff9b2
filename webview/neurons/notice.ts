// What stands where the list would be: nothing asked yet, still computing, failed, or nothing left by the filter.
import type { FromNeuronsView } from '../../src/protocol/views';
import { icon, make } from '../shared/elements';
import { makeLink } from '../shared/links';
import { rowsOf, type NeuronsState } from './state';

type Command = Extract<FromNeuronsView, { type: 'run' }>['command'];

export interface NoticeActions {
  run: (command: Command) => void;
  refresh: () => void;
  clearFilter: () => void;
}

export interface Notice {
  element: HTMLElement;
  render(state: NeuronsState): void;
}

/** Which notice a state calls for. A failure with an old table still shown is a line above it. */
export function noticeOf(state: NeuronsState): 'open' | 'ask' | 'loading' | 'failed' | 'noMatch' | undefined {
  const { status, table } = state;
  if (status.phase === 'failed') return 'failed';
  if (status.phase === 'empty') return status.modelOpen ? 'ask' : 'open';
  if (!table) return 'loading';
  return rowsOf(state).length === 0 ? 'noMatch' : undefined;
}

/** Makes the notice. */
export function makeNotice(actions: NoticeActions): Notice {
  const element = make('div', { class: 'notice' });
  let shown = '';
  return {
    element,
    render(state) {
      const kind = noticeOf(state);
      const { message } = state.status;
      const signature = JSON.stringify([kind, message, state.table !== undefined]);
      if (signature === shown) return;
      shown = signature;
      element.hidden = kind === undefined;
      element.className = `notice ${kind ?? ''} ${kind === 'failed' && state.table ? 'banner' : ''}`;
      element.role = kind === 'failed' ? 'alert' : null;
      element.replaceChildren(...(kind ? contentOf(kind, message, actions) : []));
    },
  };
}

function contentOf(
  kind: NonNullable<ReturnType<typeof noticeOf>>,
  message: string | undefined,
  { run, refresh, clearFilter }: NoticeActions,
): Node[] {
  switch (kind) {
    case 'open':
      return [
        paragraph(message ?? 'Open a model to see which of its neurons fire on a text.'),
        paragraph(makeLink('Open Model…', () => run('subtext.openModel'))),
      ];
    case 'ask':
      return [
        paragraph(message ?? 'Right-click a text and choose Subtext: Show Top-Activating Neurons.'),
        paragraph(makeLink('Show Top-Activating Neurons', () => run('subtext.showNeurons'))),
      ];
    case 'loading':
      return message === undefined ? [] : [paragraph(message)];
    case 'failed':
      return [
        icon('error'),
        make(
          'div',
          {},
          paragraph(message ?? 'The neurons could not be computed.'),
          paragraph(
            makeLink('Try Again', refresh),
            makeLink('Show Log', () => run('subtext.showLog')),
          ),
        ),
      ];
    case 'noMatch':
      return [paragraph('No neuron matches the filter. ', makeLink('Clear Filter', clearFilter))];
  }
}

function paragraph(...content: (string | Node)[]): HTMLElement {
  const element = make('p');
  element.append(...content);
  return element;
}

// What stands above the chart or in its place: no run yet, nothing logged yet, failed, interrupted, all hidden.
import type { FromRunView, RunSnapshot } from '../../src/protocol/runViews';
import { icon, make } from '../shared/elements';
import { makeLink } from '../shared/links';
import { isHidden, type RunsState } from './state';

type Command = Extract<FromRunView, { type: 'run' }>['command'];

export type NoticeKind = 'none' | 'starting' | 'failed' | 'interrupted' | 'hidden';

export interface NoticeActions {
  run: (command: Command) => void;
  resume: (directory: string) => void;
  openRecipe: (directory: string) => void;
  showAll: () => void;
}

export interface Notice {
  element: HTMLElement;
  /** `hasPoints`: whether there is anything to draw. */
  render(state: RunsState, hasPoints: boolean): void;
}

/** Which notice a state calls for. */
export function noticeOf(state: RunsState, hasPoints: boolean): NoticeKind | undefined {
  const { runs } = state;
  if (!runs) return undefined;
  const [first] = runs as [RunSnapshot?];
  if (!first) return 'none';
  if (first.state === 'failed') return 'failed';
  if (first.state === 'interrupted') return 'interrupted';
  const visible = runs.filter(({ directory }) => !isHidden(state, directory));
  if (visible.length === 0) return 'hidden';
  // What a run has logged is known only once it was read.
  return hasPoints || visible.some(({ isReading }) => isReading) ? undefined : 'starting';
}

/** Makes the notice. */
export function makeNotice(actions: NoticeActions): Notice {
  const element = make('div', { class: 'notice' });
  let shown = '';
  return {
    element,
    render(state, hasPoints) {
      const kind = noticeOf(state, hasPoints);
      const run = state.runs?.[0];
      const { error, step } = run?.status ?? {};
      const signature = JSON.stringify([kind, run?.directory, run?.state, error, step, hasPoints]);
      if (signature === shown) return;
      shown = signature;
      element.hidden = kind === undefined;
      const isBanner = hasPoints && (kind === 'failed' || kind === 'interrupted');
      const hasIcon = kind === 'failed' || kind === 'interrupted';
      element.className = `notice ${kind ?? ''} ${hasIcon ? 'with-icon' : ''} ${isBanner ? 'banner' : ''}`;
      element.role = kind === 'failed' ? 'alert' : 'status';
      element.replaceChildren(...(kind ? contentOf(kind, run, actions) : []));
    },
  };
}

function contentOf(kind: NoticeKind, run: RunSnapshot | undefined, actions: NoticeActions): Node[] {
  switch (kind) {
    case 'none':
      return [
        paragraph('No training run is shown. Train a model, or choose a run in the Runs view.'),
        paragraph(makeLink('Train Model…', () => actions.run('subtext.train'))),
      ];
    case 'starting':
      return [paragraph(waitingWords(run))];
    case 'hidden':
      return [paragraph('All runs are hidden. ', makeLink('Show All Runs', actions.showAll))];
    case 'interrupted':
      return [
        icon('warning'),
        make(
          'div',
          {},
          paragraph(
            'The process of this run has ended without a word. It can go on from its latest checkpoint.',
          ),
          paragraph(...resumeLink(run, actions), logLink(actions)),
        ),
      ];
    case 'failed': {
      const { message = 'The run failed.', remedy = '' } = run?.status?.error ?? {};
      return [
        icon('error'),
        make(
          'div',
          {},
          paragraph(message),
          ...(remedy === '' ? [] : [paragraph(remedy)]),
          paragraph(...recipeLink(run, actions), ...resumeLink(run, actions), logLink(actions)),
        ),
      ];
    }
  }
}

/** Why there is nothing to draw yet. */
function waitingWords(run: RunSnapshot | undefined): string {
  if (run?.state === 'starting') return 'Preparing data and model. The first step comes soon.';
  return run?.state === 'running' ? 'The first step comes soon.' : 'This run has logged no step.';
}

/** Reasons that the recipe has to change for: resuming the run would end in the same way. */
const OF_THE_RECIPE: readonly string[] = [
  'recipe',
  'data',
  'not-found',
  'grammar',
  'tokenizer',
  'precision-unavailable',
  'memory',
  'not-a-number',
];

function recipeLink(run: RunSnapshot | undefined, { openRecipe }: NoticeActions): Node[] {
  if (!run || !OF_THE_RECIPE.includes(run.status?.error?.reason ?? '')) return [];
  return [makeLink('Open Recipe', () => openRecipe(run.directory))];
}

function resumeLink(run: RunSnapshot | undefined, { resume }: NoticeActions): Node[] {
  return run ? [makeLink('Resume', () => resume(run.directory))] : [];
}

function logLink({ run }: NoticeActions): Node {
  return makeLink('Show Log', () => run('subtext.showRunLog'));
}

function paragraph(...content: (string | Node)[]): HTMLElement {
  const element = make('p');
  element.append(...content);
  return element;
}

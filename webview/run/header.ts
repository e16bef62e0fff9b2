// The line at the top: what the first run does, how to stop it or let it go on, and everything else behind `…`.
import type { FromRunView, RunSnapshot } from '../../src/protocol/runViews';
import { makeIconButton } from '../shared/controls';
import { icon, make } from '../shared/elements';
import { keepChildren } from '../shared/keyed';
import { makeMenuButton, openMenu, type MenuItem } from '../shared/menu';
import { count } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { showKeys } from '../shared/keysHelp';
import { factsOf, LONGEST_NAME, type Fact } from './facts';
import { keyHelp } from './keys';
import { checkpointsOf, requestsOf, type Request } from './requests';
import type { RunData } from './runData';
import { lastName, type RunsState } from './state';

export interface HeaderActions {
  control: (directory: string, request: Request) => void;
  openCheckpoint: (directory: string, step: number | 'final') => void;
  show: (directories: string[]) => void;
  run: (command: Extract<FromRunView, { type: 'run' }>['command']) => void;
}

export interface Header {
  element: HTMLElement;
  render(state: RunsState, data: RunData | undefined): void;
}

/** Makes the header. */
export function makeHeader(actions: HeaderActions): Header {
  let state: RunsState | undefined;
  const first = (): RunSnapshot | undefined => state?.runs?.[0];
  const ask = (request: Request | undefined): void => {
    const run = first();
    if (run && request) actions.control(run.directory, request);
  };
  const facts = make('div', { class: 'facts' });
  const main = makeIconButton('debug-pause', 'Pause', () => ask(first() && requestsOf(first()!.state).main));
  const cancel = makeIconButton('debug-stop', 'Cancel', () => ask('cancel'));
  const more = makeMenuButton('More Actions…', () => (state ? menuOf(state, more, actions) : []));
  const element = make(
    'header',
    { class: 'view-header' },
    make('div', { class: 'facts-frame' }, facts),
    main.element,
    cancel.element,
    more,
  );
  return {
    element,
    render(next, data) {
      state = next;
      const run = first();
      const list = run ? factsOf(run, data) : waitingFacts(next);
      element.hidden = next.runs?.length === 0 || list.length === 0;
      const requests = run ? requestsOf(run.state) : { cancel: false };
      main.element.hidden = requests.main === undefined;
      if (requests.main === 'resume') main.set('debug-continue', 'Resume');
      else main.set('debug-pause', 'Pause');
      cancel.element.hidden = !requests.cancel;
      more.hidden = !run;
      keepChildren(facts, list, { make: makeFact, change: showFact });
    },
  };
}

/** Before the host has spoken, the names that were saved. */
function waitingFacts({ runs, wanted }: RunsState): Fact[] {
  const directory = wanted.at(0);
  if (runs !== undefined || directory === undefined) return [];
  return [{ text: cutMiddle(lastName(directory), LONGEST_NAME), tip: directory, key: 'name' }];
}

function makeFact({ key }: Fact): HTMLElement {
  return make('span', { class: `fact ${key}` }, ...(key === 'note' ? [icon('info')] : []), new Text());
}

function showFact(fact: HTMLElement, { text, tip }: Fact): void {
  // The icon of a note stays.
  const words = fact.lastChild!;
  if (words.nodeValue !== text) words.nodeValue = text;
  if (fact.dataset['tip'] === tip) return;
  if (tip === undefined) delete fact.dataset['tip'];
  else fact.dataset['tip'] = tip;
}

function menuOf(state: RunsState, anchor: HTMLElement, actions: HeaderActions): MenuItem[] {
  const run = state.runs?.[0];
  if (!run) return [];
  const items: MenuItem[] = [];
  const checkpoints = checkpointItems(run, actions);
  if (checkpoints.length > 0) {
    items.push({ label: 'Open Checkpoint…', run: () => openMenu(anchor, checkpoints) });
  }
  if (state.others.length > 0 || (state.runs?.length ?? 0) > 1) {
    items.push({ label: 'Overlay Runs…', run: () => openMenu(anchor, overlayItems(state, actions)) });
  }
  return [
    ...items,
    { label: 'Show Log', run: () => actions.run('subtext.showRunLog') },
    {
      label: 'Train Another Model…',
      startsGroup: true,
      run: () => actions.run('subtext.train'),
    },
    { label: 'Show Keys', run: () => showKeys(keyHelp) },
  ];
}

function checkpointItems(run: RunSnapshot, actions: HeaderActions): MenuItem[] {
  return checkpointsOf(run).map((step) => ({
    label: step === 'final' ? 'Final' : `Step ${count(step)}`,
    run: () => actions.openCheckpoint(run.directory, step),
  }));
}

/** All runs, those ticked that are shown; the first stays, since the header speaks of it. */
function overlayItems({ runs = [], others }: RunsState, { show }: HeaderActions): MenuItem[] {
  const shown = runs.map(({ directory }) => directory);
  const overlaid = runs.slice(1).map(({ name, directory }) => ({
    label: cutMiddle(name, LONGEST_NAME),
    tip: name,
    checked: true,
    run: () => show(shown.filter((each) => each !== directory)),
  }));
  const rest = others.map(({ name, directory }, index) => ({
    label: cutMiddle(name, LONGEST_NAME),
    tip: name,
    checked: false,
    startsGroup: index === 0 && overlaid.length > 0,
    run: () => show([...shown, directory]),
  }));
  return [...overlaid, ...rest];
}

// All probes as a table: for screen readers, and for people who want numbers.
import { count, exact } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { makeRowTable, type Column } from '../shared/rowTable';
import type { ChartProbe } from './probes';
import { CONTROLS, controlOf, titleOf } from './series';
import { controlWords, interval, share, testWords } from './words';

const columns: Column<ChartProbe>[] = [
  { name: 'Model', class: 'model', text: ({ run }) => cutMiddle(run, 24), whole: ({ run }) => run },
  { name: 'Step', class: 'number step', text: ({ step }) => (step === null ? '' : count(step)) },
  {
    name: 'Target',
    class: 'target',
    text: (result) => cutMiddle(titleOf(result), 36),
    whole: titleOf,
  },
  {
    name: 'Layer',
    class: 'number layer',
    text: ({ layer }) => (layer === null ? '' : String(layer)),
    whole: ({ hook }) => hook,
  },
  { name: 'Activation', class: 'hook', text: ({ hook }) => hook, whole: ({ hook }) => hook },
  {
    name: 'Accuracy',
    class: 'number accuracy',
    text: ({ accuracy }) => share(accuracy),
    whole: (result) => `${exact(result.accuracy)}, ${interval(result.ci)}`,
  },
  {
    name: '95%',
    class: 'number interval',
    tip: '95 % interval of the accuracy; documents are what is drawn at random',
    text: ({ ci }) => interval(ci),
    whole: ({ ci: [low, high] }) => `${exact(low)}–${exact(high)}`,
  },
  ...CONTROLS.map((name) => ({
    name: name[0].toUpperCase() + name.slice(1),
    class: `number ${name}`,
    tip: controlWords[name],
    text: (result: ChartProbe) => written(controlOf(result, name), share),
    whole: (result: ChartProbe) => written(controlOf(result, name), exact),
  })),
  { name: 'Test tokens', class: 'number tokens', text: ({ n_test }) => count(n_test), whole: testWords },
];

function written(value: number | null, write: (value: number) => string): string {
  return value === null ? '' : write(value);
}

export interface ProbeTable {
  element: HTMLElement;
  render(probes: readonly ChartProbe[], open: string | undefined): void;
}

/** Makes the table; `open` opens a probe's confusion matrix. */
export function makeTable(open: (result: ChartProbe) => void): ProbeTable {
  let probes: readonly ChartProbe[] = [];
  let opened: string | undefined;
  const table = makeRowTable<ChartProbe>({
    class: 'probe-table',
    label: 'Probes',
    columns,
    itemAt: (index) => probes[index],
    isChosen: ({ id }) => id === opened,
    open,
  });
  return {
    element: table.element,
    render(next, nextOpened) {
      const isOther = next !== probes;
      if (!isOther && nextOpened === opened) return;
      probes = next;
      opened = nextOpened;
      if (!isOther) {
        table.refresh();
        return;
      }
      table.element.classList.toggle(
        'no-steps',
        probes.every(({ step }) => step === null),
      );
      // The keys were on a row of other probes.
      table.forgetActive();
      table.setLength(probes.length);
    },
  };
}

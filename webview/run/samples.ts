// What the model wrote at the latest evaluation. Of a grammar's texts it is known whether they are in the language,
// and where the others leave it.
import type { RunSample, SamplesLine } from '../../src/protocol/runs';
import { make } from '../shared/elements';
import { count, counted } from '../shared/numbers';

/** Samples that are shown. */
const SHOWN = 100;

export interface Samples {
  element: HTMLElement;
  show(samples: SamplesLine | undefined): void;
}

/** Makes the pane, hidden while there are none. */
export function makeSamples(): Samples {
  const title = make('h2');
  const note = make('span', { class: 'quiet' });
  const list = make('ul', { class: 'sample-list' });
  const element = make(
    'section',
    { class: 'samples', attributes: { 'aria-label': 'Samples' } },
    make('div', { class: 'samples-head' }, title, note),
    list,
  );
  let shown = '';
  return {
    element,
    show(line) {
      const samples = line?.samples ?? [];
      element.hidden = samples.length === 0;
      const signature = JSON.stringify(line);
      if (signature === shown || !line) return;
      shown = signature;
      title.textContent = `Samples at step ${count(line.step)}`;
      note.textContent = noteOf(samples);
      list.replaceChildren(...samples.slice(0, SHOWN).map(showSample));
      list.scrollTop = 0;
    },
  };
}

/** How many there are, and how many are right where that is known. */
export function noteOf(samples: readonly RunSample[]): string {
  const judged = samples.filter(({ valid }) => valid !== undefined);
  const valid = judged.filter((sample) => sample.valid === true).length;
  const parts = judged.length > 0 ? [`${count(valid)} of ${count(judged.length)} valid`] : [];
  if (samples.length > SHOWN) parts.push(`the first ${SHOWN} of ${counted(samples.length, 'sample')}`);
  return parts.join(' · ');
}

function showSample(sample: RunSample): HTMLElement {
  const { valid } = sample;
  const row = make('li', { class: 'sample' });
  if (valid !== undefined) {
    const mark = make('span', { class: `verdict codicon codicon-${valid ? 'pass' : 'error'}` });
    mark.role = 'img';
    mark.ariaLabel = valid ? 'Valid' : 'Invalid';
    mark.dataset['tip'] = valid ? 'In the language' : 'Not in the language';
    mark.classList.add(valid ? 'valid' : 'invalid');
    row.append(mark);
  }
  row.append(textOf(sample));
  return row;
}

/** The text; from where its prefix dies on it is dimmed, behind a mark. */
function textOf({ text, dies_at: diesAt }: RunSample): HTMLElement {
  const element = make('div', { class: 'sample-text' });
  if (diesAt === undefined) {
    element.textContent = text;
    return element;
  }
  const words = `dies at character ${count(diesAt)}`;
  const mark = make('span', {
    class: 'death',
    text: words,
    tip: `No text of the language goes on like this`,
  });
  element.append(
    text.slice(0, diesAt),
    make('span', { class: 'death-edge', attributes: { 'aria-hidden': 'true' } }),
    make('span', { class: 'dead', text: text.slice(diesAt) }),
    ' ',
    mark,
  );
  return element;
}

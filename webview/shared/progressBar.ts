// The thin bar at the top of a view that is loading. The toolkit has none.
import type { ViewStatus } from '../../src/protocol/views';
import { make } from './elements';

export interface ProgressBar {
  element: HTMLElement;
  /** Shows the bar: a share from 0 to 1, or undefined while it is not known. */
  show(share: number | undefined): void;
  hide(): void;
}

/** Makes a bar that is hidden until it is shown. It takes no space. */
export function makeProgressBar(label: string): ProgressBar {
  const bit = make('div', { class: 'progress-bit' });
  const element = make(
    'div',
    { class: 'progress', attributes: { role: 'progressbar', 'aria-label': label } },
    bit,
  );
  element.hidden = true;
  return {
    element,
    show(share) {
      element.hidden = false;
      element.classList.toggle('indefinite', share === undefined);
      bit.style.transform = share === undefined ? '' : `scaleX(${share})`;
      if (share === undefined) element.removeAttribute('aria-valuenow');
      else element.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    },
    hide: () => (element.hidden = true),
  };
}

/** Shows on a view whether it is loading, and how far that is; a screen reader hears of it too. */
export function showWaiting(view: HTMLElement, bar: ProgressBar, { phase, progress }: ViewStatus): void {
  if (phase === 'loading') bar.show(progress);
  else bar.hide();
  view.ariaBusy = String(phase === 'loading');
}

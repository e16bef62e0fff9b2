// Tooltips in VS Code's look for everything that has a `data-tip` attribute, by pointer and by keyboard focus.
import { make } from './elements';

/** Milliseconds before the first tooltip, as in VS Code (`workbench.hover.delay`). */
const DELAY = 500;
/** After a tooltip was seen, the next one within this time comes at once. */
const WARM = 300;
const GAP = 4;

/** Shows tooltips in the whole page. */
export function startTooltips(): void {
  const tooltip = make('div', { class: 'tooltip', attributes: { role: 'tooltip', popover: 'manual' } });
  document.body.append(tooltip);
  let owner: Element | undefined;
  let timer = 0;
  let hiddenAt = 0;

  const show = (): void => {
    if (!owner?.isConnected) return;
    tooltip.textContent = owner.getAttribute('data-tip');
    tooltip.showPopover();
    // That of an entry stands under its whole list: the next entries stay in sight.
    place(tooltip, (owner.assignedSlot?.parentElement ?? owner).getBoundingClientRect());
  };
  const hide = (): void => {
    clearTimeout(timer);
    owner = undefined;
    if (!tooltip.matches(':popover-open')) return;
    tooltip.hidePopover();
    hiddenAt = performance.now();
  };
  const approach = (target: EventTarget | null): void => {
    const next = target instanceof Element ? target.closest('[data-tip]:not(vscode-dropdown[open])') : null;
    if (next === owner) return;
    hide();
    if (!next?.getAttribute('data-tip')) return;
    owner = next;
    timer = setTimeout(show, performance.now() - hiddenAt < WARM ? 0 : DELAY);
  };

  document.addEventListener('pointerover', (event) => approach(event.target));
  document.documentElement.addEventListener('pointerleave', hide);
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element && target.matches(':focus-visible')) approach(target);
  });
  document.addEventListener('focusout', hide);
  for (const event of ['pointerdown', 'keydown', 'wheel']) {
    document.addEventListener(event, hide, { capture: true, passive: true });
  }
}

/** Under the anchor where there is room, else above it. */
function place(tooltip: HTMLElement, anchor: DOMRect): void {
  const { width, height } = tooltip.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(anchor.left, window.innerWidth - width - GAP));
  const below = anchor.bottom + GAP;
  const top = below + height <= window.innerHeight ? below : Math.max(0, anchor.top - height - GAP);
  tooltip.style.left = `${left}px`;
  tooltip.style.top = `${top}px`;
}

// The menus and marks of parts of the model, as every view has them.
import type { Locator } from 'playwright-core';
import type { FromTextView } from '../../../src/protocol/views';
import type { ShownIntervention } from '../../../src/protocol/partActions';
import type { Conversation, View } from './page';

/** An entry of the list, on and applied. */
export function shown(part: string, kind: ShownIntervention['kind'] = 'ablate'): ShownIntervention {
  const name = `${kind} ${part}`;
  return { id: name, part, kind, on: true, name, does: `${part} is changed` };
}

/** Labels of the menu that is open, headings included. */
export async function menuLabels({ page }: Pick<View, 'page'>): Promise<string[]> {
  await page.locator('.menu').waitFor();
  return page.locator('.menu-item').allInnerTexts();
}

/** An item of the menu that is open. */
export function menuItem({ page }: Pick<View, 'page'>, label: string): Locator {
  return page.locator('button.menu-item', { hasText: label });
}

/** What the view asked to be done to parts. */
export function asked<Kind extends Conversation>({ messages }: View<Kind>): string[] {
  return (messages as unknown as FromTextView[]).flatMap((message) => {
    if (message.type === 'intervene') return [`${message.action} ${message.part}`];
    if (message.type === 'switchIntervention') return [`${message.on ? 'on' : 'off'} ${message.id}`];
    return [];
  });
}

// A host that answers the neurons view as the extension does: previews and locks get their focus.
import type { Browser } from 'playwright-core';
import type { NeuronId } from '../../../src/protocol/types';
import { readyStatus, tableMessage } from './messages';
import { openView, type View, type ViewOptions } from './page';
import type { Sample } from './sample';

/** Opens the view on a sample, with a host that answers. */
export async function openSample(browser: Browser, sample: Sample, options: ViewOptions = {}): Promise<View> {
  let locked: NeuronId | null = null;
  let previewed: NeuronId | null = null;
  const answer = async (view: View): Promise<void> => {
    const id = previewed ?? locked;
    const isLocked =
      previewed === null || (previewed.layer === locked?.layer && previewed.neuron === locked.neuron);
    const focus = id && {
      id,
      locked: isLocked,
      activations: sample.activations(id),
      writes: sample.writes(id),
    };
    await view.send({ type: 'focus', focus, locked });
  };
  const view = await openView(browser, {
    ...options,
    onMessage(message, from) {
      if (message.type === 'preview') previewed = message.id;
      else if (message.type === 'lock') locked = message.id;
      else if (message.type === 'unlock') locked = null;
      else return;
      void answer(from).catch(() => undefined);
    },
  });
  await view.send({ type: 'status', status: readyStatus(sample) });
  await view.send(tableMessage(sample));
  await view.page.waitForFunction(() => document.querySelectorAll('.virtual-list .row').length > 0);
  return view;
}

// A host that answers the neurons view as the extension does: previews and locks get their focus.
import type { Browser } from 'playwright-core';
import type { NeuronId } from '../../../src/protocol/types';
import type { ToNeuronsView, ViewStatus } from '../../../src/protocol/views';
import { openView, type View, type ViewOptions } from './page';
import type { Sample } from './sample';

/** The status that goes with a sample. */
export function readyStatus({ table: { source } }: Sample): ViewStatus {
  const document = source.uri.split('/').at(-1)!;
  return { phase: 'ready', document, model: source.modelName, engine: source.engine, modelOpen: true };
}

/** The message that shows a sample. */
export function tableMessage({ table }: Sample): Extract<ToNeuronsView, { type: 'table' }> {
  const { tokens, scope, source, selected } = table;
  const selection = { start: tokens.starts[scope.start], end: tokens.ends[scope.end - 1] };
  return {
    type: 'table',
    table,
    question: { uri: source.uri, model: source.model, ...(selected && { selection }) },
  };
}

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

// The view of probes in a page like VS Code's, with a host that answers as the extension's does.
import type { Browser } from 'playwright-core';
import type { FromProbesView, ProbesViewState, ToProbesView } from '../../../src/protocol/probesView';
import type { ProbeFolder } from '../../../src/protocol/probes';
import { ProbeChart } from '../../../src/host/probes/probeChart';
import type { BackendProcess } from '../../support/backendProcess';
import { settle } from './actions';
import { openPage, type Conversation, type View, type ViewOptions } from './page';

export interface ProbesConversation extends Conversation {
  incoming: ToProbesView;
  outgoing: FromProbesView;
  state: ProbesViewState;
}

export type ProbesPage = View<ProbesConversation>;
export type ProbesPageOptions = ViewOptions<ProbesConversation>;

/** Opens the view, which was told nothing yet. */
export function openProbesView(browser: Browser, options: ProbesPageOptions = {}): Promise<ProbesPage> {
  return openPage<ProbesConversation>(browser, { name: 'probes', title: 'Probes' }, options);
}

/** Shows folders of real probes; the backend answers what the view asks of them. */
export async function openTrained(
  browser: Browser,
  backend: BackendProcess,
  paths: readonly string[],
  options: ProbesPageOptions = {},
): Promise<ProbesPage> {
  const chart = new ProbeChart({ request: (name, params) => backend.request(name, params) });
  await chart.open(paths);
  if (chart.failure) throw chart.failure;
  const view = await openProbesView(browser, {
    ...options,
    onMessage(message, page) {
      void answer(chart, message)
        .then((reply) => reply && page.send(reply))
        .catch(() => undefined);
    },
  });
  await showFolders(view, chart.folders);
  return view;
}

/** Shows folders of made-up numbers, of which nothing can be asked. */
export async function openFolders(
  browser: Browser,
  folders: readonly ProbeFolder[],
  options: ProbesPageOptions = {},
): Promise<ProbesPage> {
  const view = await openProbesView(browser, options);
  await showFolders(view, folders);
  return view;
}

/** What the host sends of folders that it has read. */
export async function showFolders(view: ProbesPage, folders: readonly ProbeFolder[]): Promise<void> {
  await view.send({ type: 'status', status: { phase: 'ready', modelOpen: true } });
  await view.send({ type: 'folders', folders: [...folders] });
  await view.page.locator('.panel, .probe-table .row').first().waitFor();
  await settle(view);
}

async function answer(chart: ProbeChart, message: FromProbesView): Promise<ToProbesView | undefined> {
  if (message.type === 'confusion') {
    return { type: 'confusion', probe: message.probe, confusion: await chart.confusion(message.probe) };
  }
  if (message.type === 'positions') {
    return { type: 'positions', probe: message.probe, positions: await chart.positions(message.probe) };
  }
  if (message.type === 'tokens') {
    const { cell, first, count } = message;
    return { type: 'tokens', cell, first, ...(await chart.tokens(cell, first, count)) };
  }
  return undefined;
}

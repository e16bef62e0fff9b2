// A real backend with a model and a text, which the tests of views put behind the host's own inspections.
import { join } from 'node:path';
import { root } from '../../../scripts/cache.mjs';
import type { InspectionPorts } from '../../../src/host/inspection/neuronInspection';
import { BackendProcess } from '../../support/backendProcess';

/** The document that a reader's text is in. */
export const uri = 'file:///stories/story.txt';

export interface Reader {
  backend: BackendProcess;
  model: string;
  text: string;
}

/** Starts a backend and opens the model of a folder; the sample stories by default. */
export async function startReader(
  text: string,
  folder = join(root, 'media', 'models', 'stories'),
): Promise<Reader> {
  const backend = await BackendProcess.start();
  const { id } = await backend.request('subtext/openModel', { path: folder });
  await backend.openDocument(uri, text);
  return { backend, model: id, text };
}

/** What an inspection of the reader's text is made with. */
export function portsOf({ backend, text }: Reader): InspectionPorts {
  return {
    requester: { request: (name, params) => backend.request(name, params) },
    document: () => ({ version: 1, length: text.length }),
    delay: () => 0,
  };
}

// What does more about a failure than asking again.
import type { Mending } from '../../protocol/views';
import type { BackendFailure } from './failure';

const SELECT_ENGINE: Mending = { title: 'Select Engine…', command: 'subtext.selectEngine' };

/** By reason; of failures that are not here, asking again may help, or the text or the question has to change. */
const MENDINGS: Readonly<Record<string, Mending | undefined>> = {
  'backend-given-up': { title: 'Restart Backend', command: 'subtext.restartBackend' },
  // No Node.js was found, or the setting that names one is wrong.
  'backend-unavailable': { title: 'Open Settings', command: 'workbench.action.openSettings' },
  'engine-unavailable': SELECT_ENGINE,
  'precision-unavailable': { title: 'Use float32', command: 'subtext.useFloat32' },
  'engine-failed': SELECT_ENGINE,
  'device-lost': SELECT_ENGINE,
  'no-model': { title: 'Open Model…', command: 'subtext.openModel' },
};

export function mendingOf({ reason }: BackendFailure): Mending | undefined {
  return MENDINGS[reason];
}

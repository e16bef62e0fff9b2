// Installing and removing the CUDA engine: nothing is downloaded before somebody has read what, from where and how much.
import * as vscode from 'vscode';
import type { CudaOffer, CudaInstallation } from '../../protocol/engines';
import { megabytes } from '../numbers';
import { withNotes } from '../progress';
import type { Session } from '../session';
import { settings } from '../settings';
import { UnderWay } from '../runs/underWay';
import { moveToEngine } from './engine';

const install = 'Install';
const remove = 'Remove';
const use = 'Use CUDA';
const showLog = 'Show Log';

const underWay = new UnderWay();

/** *Install CUDA Engine…* */
export async function installCudaEngine(session: Session): Promise<void> {
  await session.attempt(() => underWay.once('cuda', () => askAndInstall(session)));
}

async function askAndInstall(session: Session): Promise<void> {
  const { backend } = session.parts;
  const offer = await withNotes('Looking for a CUDA engine for this machine', backend, (_, signal) =>
    backend.request('subtext/offerCuda', null, signal),
  );
  if (!(await agreed(offer))) return;
  const installed = await withNotes(`Installing ${offer.title}`, backend, (stream, signal) =>
    backend.request('subtext/installCuda', { offer: offer.offer, stream }, signal),
  );
  await tellOutcome(session, installed);
}

async function agreed({ title, bytes, words }: CudaOffer): Promise<boolean> {
  const size = bytes === null ? '' : ` (${megabytes(bytes)})`;
  const message = `Download and install ${title}${size}?`;
  const picked = await vscode.window.showInformationMessage(
    message,
    { modal: true, detail: words.join('\n\n') },
    install,
  );
  return picked === install;
}

async function tellOutcome(session: Session, { title, usable, reason }: CudaInstallation): Promise<void> {
  if (!usable) {
    const told = `${title} was installed, and cannot be used yet: ${reason}`;
    session.parts.log.warn(told);
    void vscode.window.showWarningMessage(told, showLog, remove).then((picked) => {
      if (picked === showLog) session.parts.log.show();
      if (picked === remove) void removeCudaEngine(session);
    });
    return;
  }
  const wanted = settings.engine();
  if (wanted === 'auto' || wanted === 'cuda') {
    await moveToEngine(session, wanted);
    void vscode.window.showInformationMessage(`${title} was installed, and models compute on it.`);
    return;
  }
  void vscode.window.showInformationMessage(`${title} was installed.`, use).then((picked) => {
    // The backend follows the setting.
    if (picked === use) void session.attempt(() => settings.setEngine('cuda'));
  });
}

/** *Remove CUDA Engine* */
export async function removeCudaEngine(session: Session): Promise<void> {
  await session.attempt(async () => {
    const { backend } = session.parts;
    // What computes on it holds its files, on Windows against their removal.
    if (backend.health?.engine === 'cuda') await moveToEngine(session, 'cpu', 'float32');
    const { removed } = await backend.request('subtext/removeCuda', null);
    void vscode.window.showInformationMessage(
      removed ? 'The CUDA engine was removed.' : 'The CUDA engine is not installed.',
    );
    if (backend.health?.engine === 'cpu' && settings.engine() === 'auto') await moveToEngine(session, 'auto');
  });
}

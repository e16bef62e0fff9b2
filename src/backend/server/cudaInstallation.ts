// Installing the CUDA engine for the editor: what was offered, and that alone, is installed.
import { randomUUID } from 'node:crypto';
import type { CudaInstallation as Installation, CudaOffer } from '../../protocol/engines';
import type { ProgressNote } from '../../protocol/types';
import { checkCuda } from '../engine/cuda/check';
import { installCuda, planCuda, removeCuda } from '../engine/cuda/install';
import { planWords, type CudaPlan } from '../engine/cuda/words';
import { SubtextError } from '../errors';

type OnCancel = (cancel: () => void) => void;

export class CudaInstallation {
  private offered: { offer: string; plan: CudaPlan } | undefined;

  /** @param tell gets how far an installation is */
  constructor(private readonly tell: (note: ProgressNote) => void) {}

  /** @throws SubtextError as `planCuda` */
  async offer(onCancel: OnCancel): Promise<CudaOffer> {
    const plan = await planCuda({ signal: signalOf(onCancel) });
    const offer = randomUUID();
    this.offered = { offer, plan };
    return { offer, title: plan.form.title, bytes: plan.bytes, words: planWords(plan) };
  }

  /** @throws SubtextError as `installCuda`; `usage` for what was not the last offer */
  async install(asked: { offer: string; stream: string }, onCancel: OnCancel): Promise<Installation> {
    const { offered } = this;
    if (offered?.offer !== asked.offer) {
      throw new SubtextError('usage', 'The CUDA engine was not offered', 'Ask for the offer again.');
    }
    const { plan } = offered;
    const tell = (share: number, doing: string) => this.tell({ stream: asked.stream, share, doing });
    await installCuda(plan, tell, signalOf(onCancel));
    tell(0.95, 'Checking');
    return { title: plan.form.title, ...(await checkCuda()) };
  }

  async remove(): Promise<{ removed: boolean }> {
    return { removed: await removeCuda() };
  }
}

function signalOf(onCancel: OnCancel): AbortSignal {
  const abort = new AbortController();
  onCancel(() => abort.abort());
  return abort.signal;
}

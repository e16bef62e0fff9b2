// A question of activation patching and what came of it. Its two texts are kept as they were when it was asked: what is
// patched into what must not change under the map. No 'vscode'.
import type { PatchMap } from '../../protocol/patching';
import type { Requester } from '../backend/requester';
import { ModelQuestion } from './modelQuestion';

export class PatchInspection extends ModelQuestion<'subtext/patchMap'> {
  constructor(requester: Requester) {
    super(requester, 'subtext/patchMap');
  }

  get map(): PatchMap | undefined {
    return this.answer;
  }

  /** Whether the texts were refused for their token counts, and may be aligned by common tokens. */
  get alignable(): boolean {
    return this.failure?.reason === 'alignment' && this.question?.align === 'equal';
  }
}

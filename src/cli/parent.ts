// Who started the command, where that was over a channel of Node (`child_process`): it is told how far the command is and
// why it failed, and the command ends when it does.
import { SubtextError } from '../backend/errors';
import type { ProbeChildMessage } from '../backend/server/probeTraining';

export class Parent {
  /** undefined for a command that was started from a shell. */
  static find(): Parent | undefined {
    if (process.send === undefined) return undefined;
    process.once('disconnect', () => process.exit(1));
    // Listening alone would keep the command from ending.
    process.channel?.unref();
    return new Parent();
  }

  progress(share: number, doing: string): void {
    this.tell({ share, doing });
  }

  failed(error: unknown): void {
    if (!(error instanceof SubtextError)) return;
    const { reason, message, remedy } = error;
    this.tell({ reason, message, remedy });
  }

  private tell(message: ProbeChildMessage): void {
    process.send?.(message);
  }
}

// What sessions computed and a device still holds. The memory of a tensor goes back through the session that it came from,
// and one that is gone is used after free: so each session outlives its tensors.

interface Freed {
  dispose(): void;
}

interface Released {
  release(): Promise<void>;
}

export class ComputedTensors<Session extends Released, Tensor extends Freed> {
  /** Sessions with tensors that live, and whether each is to end with the last of them. */
  private readonly living = new Map<Session, { tensors: Set<Tensor>; ends: boolean }>();

  /** Says that `session` computed a tensor that stays on the device. */
  keep(session: Session, tensor: Tensor): Tensor {
    const life = this.living.get(session) ?? { tensors: new Set(), ends: false };
    life.tensors.add(tensor);
    this.living.set(session, life);
    return tensor;
  }

  /** Gives the memory of a tensor back, whether it was computed or brought to the device. */
  free(tensor: Tensor): void {
    tensor.dispose();
    for (const [session, { tensors, ends }] of this.living) {
      if (!tensors.delete(tensor) || tensors.size > 0) continue;
      this.living.delete(session);
      if (ends) void session.release();
    }
  }

  /** Releases a session, now or with the last of its tensors. */
  end(session: Session): void {
    const life = this.living.get(session);
    if (life) life.ends = true;
    else void session.release();
  }
}

// One graph in two sessions. On small work the threads of a pool wait for each other longer than they compute, so it has one
// thread, and outputs leave together (bench/NOTES.md).
import type { InferenceSession } from 'onnxruntime-node';
import type { Plan } from '../executor';
import type { Bindings } from '../graph/dimension';
import { productOperations } from '../work';
import type { Exits } from './exits';

/** Floating-point operations of a run, some 0.3 milliseconds of one core, up to which one thread is faster. */
export const SMALL_WORK = 2e7;

/** A session, and how its outputs leave it. */
interface ReadySession {
  session: InferenceSession;
  exits: Exits;
}

export class Sessions {
  private readonly made = new Map<boolean, Promise<ReadySession>>();
  /** What was found for the sizes of the run before. */
  private judged?: { bindings: Bindings; small: boolean };

  /**
   * @param smallWork operations of a run up to which it is small
   * @param create makes the session for small runs, or for all others
   */
  constructor(
    private readonly plan: Plan,
    private readonly smallWork: number,
    private readonly create: (small: boolean) => Promise<ReadySession>,
  ) {}

  /** The session for runs of these sizes: the same sizes always get the same one, and so the same bits. */
  at(bindings: Bindings): Promise<ReadySession> {
    return this.for(this.isSmall(bindings));
  }

  /** To find out at once whether it compiles, before any sizes are known. */
  any(): Promise<ReadySession> {
    return this.for(false);
  }

  release(): void {
    for (const made of this.made.values()) {
      // One that could not be made was told where it was asked for.
      made.then(
        ({ session }) => session.release(),
        () => undefined,
      );
    }
  }

  private isSmall(bindings: Bindings): boolean {
    if (this.judged?.bindings !== bindings) {
      this.judged = { bindings, small: productOperations(this.plan, bindings) <= this.smallWork };
    }
    return this.judged.small;
  }

  private for(small: boolean): Promise<ReadySession> {
    let made = this.made.get(small);
    if (!made) {
      this.made.set(small, (made = this.create(small)));
      // Whoever asks next tries again.
      made.catch(() => this.made.delete(small));
    }
    return made;
  }
}

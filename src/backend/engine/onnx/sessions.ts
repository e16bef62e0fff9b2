// One graph on one thread or on all of them: on small work the threads of a pool wait for each other longer than they
// compute (bench/NOTES.md).
import type { InferenceSession } from 'onnxruntime-node';
import type { Plan } from '../executor';
import type { Bindings } from '../graph/dimension';
import { productOperations } from '../work';

/** Floating-point operations of a run, some 0.3 milliseconds of one core, up to which one thread is faster. */
export const SMALL_WORK = 2e7;

export class Sessions {
  private readonly made = new Map<number, Promise<InferenceSession>>();
  /** What was found for the sizes of the run before: runs of the same sizes follow each other. */
  private judged?: { sizes: string; small: boolean };

  /**
   * @param options threads that were asked for (0 = one per physical core), and the work up to which one is taken
   * @param create makes the session that runs on so many threads
   */
  constructor(
    private readonly plan: Plan,
    private readonly options: { threads: number; smallWork: number },
    private readonly create: (threads: number) => Promise<InferenceSession>,
  ) {}

  /** The session for runs of these sizes: the same sizes always get the same one, and so the same bits. */
  at(bindings: Bindings): Promise<InferenceSession> {
    return this.on(this.isSmall(bindings) ? 1 : this.options.threads);
  }

  /** To find out at once whether it compiles, before any sizes are known. */
  any(): Promise<InferenceSession> {
    return this.on(this.options.threads);
  }

  release(): void {
    for (const session of this.made.values()) {
      // One that could not be made was told where it was asked for.
      session.then(
        (made) => made.release(),
        () => undefined,
      );
    }
  }

  private isSmall(bindings: Bindings): boolean {
    const { threads, smallWork } = this.options;
    if (threads === 1) return true;
    const sizes = [...bindings.values()].join();
    if (this.judged?.sizes !== sizes) {
      this.judged = { sizes, small: productOperations(this.plan, bindings) <= smallWork };
    }
    return this.judged.small;
  }

  private on(threads: number): Promise<InferenceSession> {
    let session = this.made.get(threads);
    if (!session) this.made.set(threads, (session = this.create(threads)));
    return session;
  }
}

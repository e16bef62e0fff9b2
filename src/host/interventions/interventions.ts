// The interventions of every open model: the one owner of the lists. Each change is sent to the backend, kept in the
// workspace's storage, and sent again to a backend that was started anew. No 'vscode'.
import type { Intervention, InterventionState } from '../../protocol/interventions';
import { toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { Emitter } from '../emitter';
import type { Memory, Models } from '../models';
import { added, type NewIntervention, storedList, switched, withFactor, without } from './list';

const memoryKey = 'subtext.interventions';

export class Interventions {
  private readonly changed = new Emitter<string>();
  private readonly applied = new Emitter<string>();
  /** The list of a model, or what is known of its entries, is another. */
  readonly onDidChange = this.changed.event;
  /** A model computes under another list from now on: what is shown of it has to be asked again. */
  readonly onDidApply = this.applied.event;

  private readonly lists = new Map<string, readonly Intervention[]>();
  /** The lists that the backend has. */
  private readonly accepted = new Map<string, readonly Intervention[]>();
  private readonly states = new Map<string, ReadonlyMap<string, InterventionState>>();

  constructor(
    private readonly requester: Requester,
    private readonly models: Models,
    private readonly memory: Memory,
  ) {
    models.onDidChange(() => this.followModels());
    models.onDidClose((model) => this.forget(model));
  }

  /** The list of an open model; empty for one that is not open. */
  of(model: string): readonly Intervention[] {
    return this.lists.get(model) ?? [];
  }

  /** What became of an entry; undefined until the backend has said it. */
  stateOf(model: string, id: string): InterventionState | undefined {
    return this.states.get(model)?.get(id);
  }

  /** How many are on and can be applied. */
  activeCount(model: string): number {
    return this.of(model).filter(({ id, on }) => on && this.stateOf(model, id)?.problem === undefined).length;
  }

  /** Adds entries, switched on; one that is there already is only switched on. @throws BackendFailure where refused */
  add(model: string, ...entries: NewIntervention[]): Promise<void> {
    return this.change(model, (list) => added(list, entries));
  }

  /** Switches entries on or off, by their ids. */
  switch(model: string, switches: ReadonlyMap<string, boolean>): Promise<void> {
    return this.change(model, (list) => switched(list, switches));
  }

  setFactor(model: string, id: string, factor: number): Promise<void> {
    return this.change(model, (list) => withFactor(list, id, factor));
  }

  remove(model: string, id: string): Promise<void> {
    return this.change(model, (list) => without(list, id));
  }

  /** Another list in place of the present one. */
  replace(model: string, list: readonly Intervention[]): Promise<void> {
    return this.change(model, () => [...list]);
  }

  /** Gives a fresh backend, which has the models open again, their lists. */
  async restore(life: Requester): Promise<void> {
    for (const { id } of this.models.all) {
      if (this.of(id).length > 0) await this.send(life, id, this.of(id));
    }
  }

  dispose(): void {
    this.changed.dispose();
    this.applied.dispose();
  }

  /**
   * The list is another at once, so that a switch moves when it is clicked, and views ask again behind the request. A
   * list that the backend refuses gives way to the last one that it took.
   */
  private async change(
    model: string,
    edit: (list: readonly Intervention[]) => readonly Intervention[],
  ): Promise<void> {
    const list = edit(this.of(model));
    this.lists.set(model, list);
    const answered = this.requester.request('subtext/setInterventions', {
      model,
      interventions: [...list],
    });
    this.changed.fire(model);
    this.applied.fire(model);
    try {
      this.accept(model, list, await answered);
    } catch (error) {
      if (this.lists.get(model) === list) {
        this.lists.set(model, this.accepted.get(model) ?? []);
        this.changed.fire(model);
        this.applied.fire(model);
      }
      throw toFailure(error);
    }
    await this.memory.update(memoryKey, { ...this.stored(), [model]: list.length > 0 ? list : undefined });
  }

  private accept(model: string, list: readonly Intervention[], states: readonly InterventionState[]): void {
    this.accepted.set(model, list);
    this.states.set(model, new Map(states.map((state) => [state.id, state])));
    this.changed.fire(model);
  }

  /** A model that was opened gets the list that it had in this workspace, before anything is asked of it. */
  private followModels(): void {
    for (const { id } of this.models.all) {
      if (this.lists.has(id)) continue;
      const list = storedList(this.stored()[id]);
      this.lists.set(id, list);
      if (list.length === 0) continue;
      this.changed.fire(id);
      // What goes wrong is said at the entries, and a backend that stopped gets them again with its models.
      void this.send(this.requester, id, list).catch(() => undefined);
    }
  }

  private async send(requester: Requester, model: string, list: readonly Intervention[]): Promise<void> {
    try {
      const states = await requester.request('subtext/setInterventions', { model, interventions: [...list] });
      if (this.lists.get(model) === list) this.accept(model, list, states);
    } catch (error) {
      const failure = toFailure(error);
      if (failure.reason === 'backend-stopped') throw failure;
      if (this.lists.get(model) !== list) return;
      this.states.set(model, new Map(list.map(({ id }) => [id, { id, problem: failure.line }])));
      this.changed.fire(model);
    }
  }

  private forget(model: string): void {
    this.lists.delete(model);
    this.accepted.delete(model);
    this.states.delete(model);
    this.changed.fire(model);
  }

  private stored(): Record<string, unknown> {
    const value = this.memory.get(memoryKey);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  }
}

// What can be done to a list of interventions. Every function gives a new list. No 'vscode'.
import { type Change, type Intervention, printIntervention } from '../../protocol/interventions';

/** What an intervention does to which part. */
export type NewIntervention = Pick<Intervention, 'part' | 'change'>;

/** With `entries` at its end, switched on. One that does the same as an entry of the list only switches that on. */
export function added(list: readonly Intervention[], entries: readonly NewIntervention[]): Intervention[] {
  const result = [...list];
  for (const { part, change } of entries) {
    const same = result.findIndex((other) => isSame(other, { part, change }));
    if (same >= 0) result[same] = { ...result[same], on: true };
    else result.push({ id: unusedId(printIntervention({ part, change }), result), on: true, part, change });
  }
  return result;
}

/** With the entries of these ids on or off. */
export function switched(
  list: readonly Intervention[],
  switches: ReadonlyMap<string, boolean>,
): Intervention[] {
  return list.map((entry) => ({ ...entry, on: switches.get(entry.id) ?? entry.on }));
}

export function without(list: readonly Intervention[], id: string): Intervention[] {
  return list.filter((entry) => entry.id !== id);
}

/** With another factor in the entry of this id; the others, and entries that have none, stay as they are. */
export function withFactor(list: readonly Intervention[], id: string, factor: number): Intervention[] {
  return list.map((entry) =>
    entry.id === id && factorOf(entry.change) !== undefined
      ? { ...entry, change: { ...entry.change, factor } as Change }
      : entry,
  );
}

/** The factor of a scaling or steering; the others have none. */
export function factorOf(change: Change): number | undefined {
  return change.kind === 'scale' || change.kind === 'steer' ? change.factor : undefined;
}

/** What storage holds under a model: a list of interventions, or anything. The backend checks the rest. */
export function storedList(value: unknown): Intervention[] {
  return Array.isArray(value) ? value.filter(isIntervention) : [];
}

function isIntervention(value: unknown): value is Intervention {
  if (typeof value !== 'object' || value === null) return false;
  const { id, on, part, change } = value as Record<string, unknown>;
  return (
    typeof id === 'string' &&
    typeof on === 'boolean' &&
    typeof part === 'string' &&
    typeof change === 'object' &&
    change !== null &&
    typeof (change as Partial<Change>).kind === 'string'
  );
}

/** Whether two do the same to the same part. */
export function isSame(one: NewIntervention, other: NewIntervention): boolean {
  return one.part === other.part && JSON.stringify(one.change) === JSON.stringify(other.change);
}

function unusedId(id: string, list: readonly Intervention[]): string {
  let free = id;
  for (let number = 2; list.some((other) => other.id === free); number++) free = `${id} (${number})`;
  return free;
}

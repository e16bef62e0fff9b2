// Naming heads, and finding their rows in a grid.
import type { AttentionGrid, HeadId } from '../../src/protocol/attention';
import { printPart } from '../../src/protocol/interventions';

/** 'L3 H5'. */
export function nameOf({ layer, head }: HeadId): string {
  return `L${layer} H${head}`;
}

/** 'L3H5', as interventions name it. */
export function partOf({ layer, head }: HeadId): string {
  return printPart({ kind: 'head', layer, head });
}

/** The head in a row of the grid. */
export function headAt({ heads }: Pick<AttentionGrid, 'heads'>, row: number): HeadId {
  return { layer: Math.floor(row / heads), head: row % heads };
}

/** The grid's row of a head, or -1 if it has none. */
export function rowOf({ layers, heads }: Pick<AttentionGrid, 'layers' | 'heads'>, id: HeadId | null): number {
  if (!id || id.layer >= layers || id.head >= heads) return -1;
  return id.layer * heads + id.head;
}

/** Whether two ids name the same head; two nulls are the same too. */
export function sameHead(a: HeadId | null, b: HeadId | null): boolean {
  return a?.layer === b?.layer && a?.head === b?.head;
}

// What the view of parse trees knows, and how messages change it. Pure: every change gives a new state.
import type { ParseTreeString } from '../../src/protocol/parseTrees';
import type { ParseTreeViewState, ShownParseTree, ToParseTreeView } from '../../src/protocol/parseTreeView';
import { readLevels, type ReadLevel } from '../../src/protocol/parseTreeCells';
import type { ViewStatus } from '../../src/protocol/views';
import { asFloat32, asInt32, asUint8 } from '../shared/arrays';
import { initialStatus } from '../shared/names';

/** A cell of the figure: a token on a level, by its index in the levels that are shown. */
export interface Place {
  token: number;
  row: number;
}

export interface TreeState {
  status: ViewStatus;
  tree?: ShownParseTree;
  /** Of the tree's string, for every level. */
  read: readonly ReadLevel[];
  /** Whether probes for this model and grammar are missing. */
  missing: boolean;
  /** The token under the editor's cursor. */
  cursor: number | null;
  /** Where the pointer or the keys are. */
  at: Place | null;
  /** Whether the string is shown as a table. */
  table: boolean;
  saved: ParseTreeViewState;
}

/** The state on load, from what was saved before. */
export function initialState(saved: ParseTreeViewState = {}): TreeState {
  const { table = false } = saved;
  return { status: initialStatus(saved), read: [], missing: false, cursor: null, at: null, table, saved };
}

/** The state after a message. */
export function receive(state: TreeState, message: ToParseTreeView): TreeState {
  switch (message.type) {
    case 'status':
      // Empty means that what was shown is gone, and should not come back with a reload.
      return message.status.phase === 'empty'
        ? { ...state, status: message.status, tree: undefined, read: [], at: null, saved: {} }
        : { ...state, status: message.status };
    case 'cursor':
      return { ...state, cursor: message.token };
    case 'interventions':
      return state;
    case 'missing':
      return { ...state, missing: message.probes };
    case 'tree': {
      const tree = normalise(message.tree);
      const read = tree.string ? readLevels(tree.string, tree.levels) : [];
      const isSame = state.tree?.string?.start === tree.string?.start;
      const at = isSame && state.at && state.at.token < (tree.string?.starts.length ?? 0) ? state.at : null;
      return { ...state, tree, read, at, saved: tree.question };
    }
  }
}

/** What is kept across a reload. */
export function savedState({ saved, table }: TreeState): ParseTreeViewState {
  return { ...saved, table };
}

/** Indices of the levels that are shown, from the one nearest to the root down. */
export function shownRows({ tree }: TreeState): number[] {
  if (!tree) return [];
  const { levels } = tree.question;
  return [...tree.levels.keys()].filter((index) => levels?.includes(tree.levels[index].level) ?? true);
}

/** Where a key leads from a place; undefined for other keys. */
export function placeAfter(key: string, at: Place | null, tokens: number, rows: number): Place | undefined {
  if (tokens === 0 || rows === 0) return undefined;
  const steps: Partial<Record<string, [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
    Home: [-tokens, 0],
    End: [tokens, 0],
  };
  const step = steps[key];
  if (!step) return undefined;
  if (!at) return { token: 0, row: rows - 1 };
  const within = (value: number, length: number): number => Math.max(0, Math.min(length - 1, value));
  return { token: within(at.token + step[0], tokens), row: within(at.row + step[1], rows) };
}

/** The tree as the protocol says it, whatever VS Code made of its typed arrays. */
function normalise(tree: ShownParseTree): ShownParseTree {
  return { ...tree, string: tree.string && withArrays(tree.string) };
}

function withArrays(string: ParseTreeString): ParseTreeString {
  const { starts, ends, levels } = string;
  return {
    ...string,
    starts: asInt32(starts),
    ends: asInt32(ends),
    levels: levels.map((level) => ({
      truth: level.truth && asInt32(level.truth),
      ends: level.ends && asUint8(level.ends),
      symbols: level.symbols && asFloat32(level.symbols),
      endProbability: level.endProbability && asFloat32(level.endProbability),
    })),
  };
}

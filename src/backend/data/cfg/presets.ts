// The grammars of "Physics of Language Models: Part 1" (arXiv 2305.13673) and of its part 4 (cfg3j, cfg3k), as published
// in facebookresearch/PhysicsLM4, and how a grammar is asked for by name.
import { SubtextError } from '../../errors';
import { grammarError } from './definitions';
import type { Grammar } from './grammar';
import { readGrammar, writeGrammar } from './grammarText';

const TEXTS: Readonly<Record<string, string>> = {
  cfg3b: `
    22 -> 21 20 | 20 19
    19 -> 16 17 18 | 17 18 16 ; 20 -> 17 16 18 | 16 17 ; 21 -> 18 16 | 16 18 17
    16 -> 15 13 | 13 15 14 ; 17 -> 14 13 15 | 15 13 14 ; 18 -> 15 14 13 | 14 13
    13 -> 11 12 | 12 11 ; 14 -> 11 10 12 | 10 11 12 ; 15 -> 12 11 10 | 11 12 10
    10 -> 7 9 8 | 9 8 7 ; 11 -> 8 7 9 | 7 8 9 ; 12 -> 8 9 7 | 9 7 8
    7 -> 3 1 | 1 2 3 ; 8 -> 3 2 | 3 1 2 ; 9 -> 3 2 1 | 2 1`,
  cfg3i: `
    22 -> 19 19 20 | 21 20 19
    19 -> 18 16 18 | 16 16 ; 20 -> 17 16 17 | 18 18 ; 21 -> 16 16 18 | 18 17
    16 -> 13 13 | 14 14 ; 17 -> 15 15 | 15 14 ; 18 -> 14 15 13 | 14 15
    13 -> 12 11 | 10 12 11 ; 14 -> 10 10 10 | 10 10 ; 15 -> 11 11 10 | 11 10 12
    10 -> 8 7 7 | 9 9 ; 11 -> 7 7 7 | 7 7 8 ; 12 -> 7 9 9 | 8 7
    7 -> 3 1 2 | 2 3 1 ; 8 -> 1 1 | 2 2 ; 9 -> 1 1 3 | 1 2`,
  cfg3h: `
    22 -> 20 20 21 | 19 21
    19 -> 16 17 | 18 17 ; 20 -> 18 16 | 17 16 ; 21 -> 17 17 18 | 17 18 17
    16 -> 14 13 | 15 13 ; 17 -> 13 14 | 15 13 15 ; 18 -> 15 13 13 | 15 14 14 | 14 15 15
    13 -> 12 11 | 11 10 ; 14 -> 10 12 12 | 10 10 | 12 12 10 ; 15 -> 10 12 | 11 11 10
    10 -> 8 7 9 | 9 7 | 8 8 ; 11 -> 8 7 7 | 7 7 | 7 9 9 ; 12 -> 7 9 | 8 7 | 9 8
    7 -> 2 3 2 | 1 2 3 | 1 3 1 ; 8 -> 1 2 | 3 3 1 | 1 3 ; 9 -> 2 1 3 | 1 3 3`,
  cfg3g: `
    22 -> 19 20 | 20 20 19 | 20 19 21
    19 -> 17 17 16 | 18 17 16 | 18 16 17 ; 20 -> 16 17 | 18 18 | 16 17 17 ; 21 -> 16 16 | 16 16 18 | 18 16
    16 -> 14 13 13 | 13 14 | 13 13 ; 17 -> 14 13 14 | 14 15 13 | 15 14 ; 18 -> 15 13 | 15 15 | 14 13 15
    13 -> 10 12 | 11 11 11 | 11 11 ; 14 -> 11 12 | 10 11 10 | 10 10 ; 15 -> 10 11 | 12 10 10 | 12 11
    10 -> 8 8 8 | 7 7 7 | 7 7 ; 11 -> 8 8 9 | 9 7 | 8 9 7 ; 12 -> 7 9 | 7 8 | 9 9 9
    7 -> 2 3 1 | 1 1 | 2 2 ; 8 -> 1 3 2 | 1 3 | 3 3 1 ; 9 -> 2 3 3 | 2 3 | 2 1`,
  cfg3f: `
    22 -> 20 21 | 20 19 21 | 21 19 19 | 20 20
    19 -> 18 16 18 | 17 18 | 18 18 ; 20 -> 16 16 | 16 17 | 17 16 18 ; 21 -> 18 17 | 17 16 | 16 17 18 | 16 18
    16 -> 15 15 | 13 15 13 | 14 13 | 14 14 ; 17 -> 15 14 13 | 14 15 | 15 14 ; 18 -> 14 15 13 | 15 13 13 | 13 15
    13 -> 11 12 | 12 11 12 | 10 12 11 ; 14 -> 10 12 | 12 10 12 | 12 11 | 10 12 12
    15 -> 10 11 11 | 11 11 10 | 10 10 | 12 12 11
    10 -> 8 9 9 | 9 7 9 | 7 9 9 ; 11 -> 8 8 | 9 7 | 9 7 7 ; 12 -> 7 9 7 | 9 8 | 8 8 9
    7 -> 2 2 1 | 3 2 2 | 3 1 2 | 3 2 ; 8 -> 3 1 1 | 1 2 | 3 3 1 ; 9 -> 1 2 1 | 3 3 | 1 1`,
  cfg3j: `
    25 -> 22 22 | 23 22 | 24 23 24
    22 -> 19 20 | 19 19 21 | 20 19 19 ; 23 -> 21 19 20 | 21 20 | 19 20 20 ; 24 -> 19 19 | 20 21 19 | 19 21 21
    19 -> 17 17 16 | 16 18 18 | 16 17 ; 20 -> 17 17 17 | 18 18 | 18 17 18 ; 21 -> 18 16 | 16 17 17 | 16 18 16
    16 -> 14 15 | 13 15 | 15 15 ; 17 -> 14 14 | 15 15 15 | 15 14 ; 18 -> 14 13 15 | 13 13 14 | 13 14
    13 -> 10 12 | 12 10 | 11 11 ; 14 -> 10 11 | 12 11 10 | 10 11 11 ; 15 -> 11 12 12 | 10 10 | 11 12
    10 -> 7 7 9 | 8 7 | 9 8 ; 11 -> 7 8 8 | 9 9 | 8 8 ; 12 -> 7 7 8 | 8 7 7 | 9 8 8
    7 -> 1 2 | 2 2 | 3 3 2 ; 8 -> 3 1 | 2 3 | 1 1 2 ; 9 -> 3 2 1 | 1 3 | 3 2`,
  cfg3k: `
    25 -> 22 23 | 24 24 | 24 23
    22 -> 21 19 | 21 20 20 | 21 21 | 19 21 ; 23 -> 20 21 20 | 20 21 21 | 20 20 | 19 20
    24 -> 21 20 | 20 21 | 19 19 21
    19 -> 17 18 16 | 18 16 | 18 16 18 | 18 18 17 ; 20 -> 17 17 17 | 16 18 | 17 17 16 | 18 17 16
    21 -> 18 17 | 16 18 16 | 17 16 16 | 17 18 18
    16 -> 15 14 | 14 15 | 15 14 15 | 14 13 13 ; 17 -> 14 15 14 | 15 13 13 | 15 15 ; 18 -> 14 14 | 15 13 | 13 14 14
    13 -> 10 12 12 | 11 11 12 | 12 12 ; 14 -> 10 11 | 10 11 11 | 11 10 10 | 11 11 ; 15 -> 12 11 | 10 10 | 11 12
    10 -> 7 7 | 8 8 | 9 9 7 | 7 9 7 ; 11 -> 8 7 9 | 7 7 7 | 7 8 7 ; 12 -> 7 8 | 8 8 7 | 9 7 9 | 8 9
    7 -> 3 3 | 1 3 1 | 2 1 ; 8 -> 2 3 | 1 1 2 | 3 1 | 1 2 2 ; 9 -> 1 3 3 | 2 2 | 1 1 1 | 3 2 3`,
};

export const PRESET_NAMES: readonly string[] = Object.keys(TEXTS);

/** Whether this asks for a published grammar: `cfg3b`, `cfg3b/2`. */
export function isPresetName(name: string): boolean {
  return Object.hasOwn(TEXTS, name.split('/')[0]);
}

/**
 * A published grammar: `cfg3b`, or without its three top levels `cfg3b/3`.
 * @param drop top levels to leave out besides those of the name
 * @throws SubtextError `grammar`
 */
export function presetGrammar(name: string, drop = 0): Grammar {
  const [base, levels = '0', ...more] = name.split('/');
  if (!isPresetName(name) || more.length > 0 || !/^\d+$/.test(levels)) {
    const known = `Grammars: ${PRESET_NAMES.join(', ')}; cfg3b/2 is cfg3b without its two top levels.`;
    throw new SubtextError('grammar', `There is no grammar ${name}`, known);
  }
  return truncate(readGrammar(TEXTS[base], base), Number(levels) + drop);
}

/**
 * A layered grammar without its `drop` top levels; the first symbol of the new top level is the root, and what it never
 * becomes is left out.
 * @throws SubtextError `grammar` when the terminals alone would be left
 */
export function truncate(grammar: Grammar, drop: number): Grammar {
  if (drop === 0) return grammar;
  const levels = grammar.requireLevels();
  if (drop > levels.length - 2) {
    const what = `has ${levels.length} levels; ${drop} cannot be left out`;
    throw grammarError(grammar.name, what, `Leave out ${levels.length - 2} or fewer.`);
  }
  const kept = new Set([levels[drop][0]]);
  for (const symbol of kept) for (const part of grammar.rules[symbol].flat()) kept.add(part);
  const [root, ...others] = kept;
  const lines = writeGrammar(grammar).split('\n').slice(0, grammar.firstTerminal);
  const inOrder = others.sort((a, b) => a - b);
  const terminals = inOrder.filter((symbol) => symbol >= grammar.firstTerminal);
  const text = [
    ...[root, ...inOrder].filter((symbol) => symbol < grammar.firstTerminal).map((symbol) => lines[symbol]),
    `terminals: ${terminals.map((symbol) => grammar.symbols[symbol]).join(' ')}`,
  ].join('\n');
  return readGrammar(text, `${grammar.name}/${drop}`);
}

// New grammars of the family of cfg3b and its kin: by the published recipe (facebookresearch/PhysicsLM4), and so that
// every symbol is used.
import { seededRandom } from '../../random';
import { SubtextError } from '../../errors';
import type { Grammar } from './grammar';
import { readGrammar } from './grammarText';

export interface FamilyOptions {
  /** Symbols by level, the root's first: `[1, 3, 3, 3]`. */
  sizes: readonly number[];
  /** Rules of a symbol, from and up to. */
  degrees: readonly [number, number];
  /** Symbols of a rule, from and up to. */
  lengths: readonly [number, number];
  /** Whether a symbol may stand in a rule twice. */
  repeats: boolean;
  seed: number;
}

/** Draws of a rule, and of a level, that may turn out useless before a family is called impossible. */
const MAX_DRAWS = 1000;

/**
 * A layered grammar. For each symbol the number of its rules is drawn, for each rule its length and its symbols from the
 * next level; it is drawn again when the level has it already. A level that leaves out symbols of the next one is drawn
 * again. Terminals are 1, 2, …, the other symbols are numbered on, level by level up to the root.
 * @throws SubtextError `grammar` where there are not enough different rules
 */
export function drawGrammar(name: string, options: FamilyOptions): Grammar {
  const { sizes, seed } = options;
  checkOptions(name, options);
  const random = seededRandom(seed);
  let next = 1;
  const names = sizes.toReversed().map((size) => Array.from({ length: size }, () => String(next++)));
  names.reverse();
  const lines: string[] = [];
  for (let level = 0; level < sizes.length - 1; level++) {
    const rules = drawLevel(name, level, options, random);
    for (const [symbol, sides] of rules.entries()) {
      const words = sides.map((side) => side.map((part) => names[level + 1][part]).join(' '));
      lines.push(`${names[level][symbol]} -> ${words.join(' | ')}`);
    }
  }
  return readGrammar(lines.join('\n'), name);
}

/** For each symbol of a level its rules, of indices into the next level. */
function drawLevel(
  name: string,
  level: number,
  { sizes, degrees, lengths, repeats }: FamilyOptions,
  random: () => number,
): number[][][] {
  const below = sizes[level + 1];
  const between = ([from, to]: readonly [number, number]) => from + Math.floor(random() * (to - from + 1));
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const used = new Set<string>();
    const drawRule = (): number[] | undefined => {
      for (let again = 0; again < MAX_DRAWS; again++) {
        const rule = Array.from({ length: between(lengths) }, () => Math.floor(random() * below));
        if (used.has(rule.join()) || (!repeats && new Set(rule).size < rule.length)) continue;
        used.add(rule.join());
        return rule;
      }
      return undefined;
    };
    const rules = Array.from({ length: sizes[level] }, () =>
      Array.from({ length: between(degrees) }, drawRule).filter((rule) => rule !== undefined),
    );
    const wanted = rules.every((sides) => sides.length >= degrees[0]);
    if (wanted && new Set(rules.flat(2)).size === below) return rules;
  }
  throw impossible(
    `${name} has too few different rules for level ${level + 1}, or more symbols below it than they hold`,
  );
}

function checkOptions(name: string, { sizes, degrees, lengths }: FamilyOptions): void {
  const numbers = [...sizes, ...degrees, ...lengths];
  if (numbers.some((value) => !Number.isInteger(value) || value < 1))
    throw impossible(`${name} has a size, degree or length that is not a whole number from 1`);
  if (sizes.length < 2 || sizes[0] !== 1)
    throw impossible(`${name} needs two levels or more, with one symbol on the first`);
  if (degrees[0] > degrees[1] || lengths[0] > lengths[1])
    throw impossible(`${name} has a range that ends below its beginning`);
}

function impossible(message: string): SubtextError {
  return new SubtextError('grammar', message, 'Change sizes, degrees or lengths.');
}

// A verb: its forms, how a sentence uses it, and the words that follow it.
import { gerund, pastTense } from '../language/inflection';

/**
 * Where a verb fits into a story.
 * `fun`: what a child likes to do; `chore`: what one does with things at home; `move`: going somewhere;
 * `mishap`: what goes wrong on the way; `mind` and `upset`: what one does when there is a problem;
 * `joy`: what one does when all is well; `care`: what one does to somebody dear; `scene`: what things and animals do.
 */
export type VerbFrame = 'fun' | 'chore' | 'move' | 'mishap' | 'mind' | 'upset' | 'joy' | 'care' | 'scene';

export interface Verb {
  readonly base: string;
  readonly past: string;
  readonly gerund: string;
  readonly frame: VerbFrame;
  /** What follows the verb; `$his` and `$him` stand for the hero's pronouns. May be empty. */
  readonly complement: string;
  /** Who does it, for `scene` verbs: "the sun". */
  readonly subject?: string;
}

/** A table's lines: "base complement" parted by semicolons; for `scene`, "subject | base complement". */
export function verbs(frame: VerbFrame, table: string): Verb[] {
  return table.split(';').map((entry) => {
    const [first, second] = entry.split('|').map((part) => part.trim()) as [string, string | undefined];
    const [base, ...complement] = (second ?? first).split(/\s+/) as [string, ...string[]];
    const forms = {
      base,
      past: pastTense(base),
      gerund: gerund(base),
      frame,
      complement: complement.join(' '),
    };
    return second === undefined ? forms : { ...forms, subject: first };
  });
}

// A scene of everyday life that may stand before a story: a fact, a small choice, or something to keep in mind.
import type { Teller } from '../teller/teller';

/** Tells its sentences; names the hero in the first or second; leaves everybody at home. */
export type Scene = (teller: Teller) => void;

// Somebody in a story: what they are called, their pronouns, and where they are.
import type { Place } from './place';

export type Gender = 'she' | 'he' | 'it';

const PRONOUNS = {
  she: { him: 'her', his: 'her', himself: 'herself' },
  he: { him: 'him', his: 'his', himself: 'himself' },
  it: { him: 'it', his: 'its', himself: 'itself' },
} as const;

/** Pronouns are named after the masculine forms, because "her" stands for both "him" and "his". */
export class Character {
  place: Place | undefined;
  readonly him: string;
  readonly his: string;
  readonly himself: string;

  /**
   * @param name as the teller says it: "Lily", "her mom", "the kitten"
   * @param kind what they are: "girl", "boy", "mother", "kitten"
   * @param call as others address them: "Lily", "Mom", "little kitten"
   */
  constructor(
    readonly name: string,
    readonly he: Gender,
    readonly kind: string,
    readonly call: string = name,
  ) {
    ({ him: this.him, his: this.his, himself: this.himself } = PRONOUNS[he]);
  }

  /** "Lily's", "her mom's". */
  get names(): string {
    return `${this.name}'s`;
  }
}

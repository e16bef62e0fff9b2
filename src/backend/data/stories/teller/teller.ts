// Tells one story: keeps its paragraphs, its cast, where everybody is, and which of the required words are still to be used.
import type { Dice } from '../dice';
import { withArticle } from '../language/inflection';
import { capitalised, speechAfter, speechBefore } from '../language/sentence';
import type { Feature } from '../story';
import { describes, type Adjective } from '../words/adjective';
import { adjectivesOf } from '../words/adjectives';
import type { Noun, NounKind } from '../words/noun';
import { countableNounsOf, nounCalled } from '../words/nouns';
import type { Verb } from '../words/verb';
import type { Character } from '../world/character';
import { HOME, placeOf, type Place } from '../world/place';
import { Thing } from '../world/thing';
import type { Cast } from './cast';
import { closingSentences, type Ending } from './ending';
import { openingSentences } from './opening';
import { adjectiveAtTheProblem, verbAtTheProblem } from './problem';
import { placeDetail } from './detail';
import { onTheWay } from './way';
import { clearSubject } from './pronouns';

export interface Required {
  readonly verb: Verb;
  readonly noun: Noun;
  readonly adjective: Adjective;
}

/** A kind that a schema may give to many of its stories: everyday adjectives for its things. */
const PLAIN_ADJECTIVES = 'red blue green yellow big small little new old pretty'.split(' ');

export class Teller {
  readonly hero: Character;
  readonly friend: Character;
  readonly parent: Character;
  readonly otherParent: Character;
  readonly grandparent: Character;
  /** Required words that no sentence has used yet. */
  readonly pending = new Set<'verb' | 'noun' | 'adjective'>(['verb', 'noun', 'adjective']);
  /** Whether the happy end is left out. */
  readonly bad: boolean;
  readonly paragraphs: string[][] = [[]];
  summary = '';
  private readonly times: string[];

  constructor(
    readonly dice: Dice,
    cast: Cast,
    readonly required: Required,
    private readonly features: ReadonlySet<Feature>,
    private readonly ownWeather: boolean,
    readonly leavesHome: boolean,
    private readonly scene: ((teller: Teller) => void) | undefined,
  ) {
    ({
      hero: this.hero,
      friend: this.friend,
      parent: this.parent,
      otherParent: this.otherParent,
      grandparent: this.grandparent,
    } = cast);
    this.bad = features.has('bad ending');
    this.times = dice.shuffled(['That morning', 'The day before', 'The week before', 'After breakfast']);
  }

  has(feature: Feature): boolean {
    return this.features.has(feature);
  }

  // Words

  pick<T>(...items: readonly T[]): T {
    return this.dice.pick(items);
  }

  chance(probability: number): boolean {
    return this.dice.chance(probability);
  }

  /** A thing of one of these kinds: the required noun, or else any that can be counted. Tell `a` of it early. */
  thing(...kinds: readonly NounKind[]): Thing {
    const { noun } = this.required;
    if (this.pending.has('noun') && kinds.includes(noun.kind) && noun.number === 'singular') {
      this.pending.delete('noun');
      return this.described(noun);
    }
    const candidates = countableNounsOf(this.dice.pick(kinds));
    let other = this.dice.pick(candidates);
    while (other.base === noun.base) other = this.dice.pick(candidates);
    return this.described(other);
  }

  /** One of these nouns as a thing: the required one if it is among them. */
  oneOf(...names: readonly string[]): Thing {
    const { noun } = this.required;
    if (this.pending.has('noun') && names.includes(noun.base)) {
      this.pending.delete('noun');
      return this.described(noun);
    }
    return this.described(nounCalled(this.dice.pick(names)));
  }

  /** This noun as a thing, with the required adjective if that describes it. */
  described(noun: Noun): Thing {
    const { adjective } = this.required;
    if (this.pending.has('adjective') && describes(adjective, noun)) {
      this.pending.delete('adjective');
      return new Thing(noun, adjective.base);
    }
    const plain =
      noun.kind === 'toy' || noun.kind === 'clothing' ? this.dice.pick(PLAIN_ADJECTIVES) : undefined;
    return new Thing(noun, plain);
  }

  /** A place out of doors; `only` where not every one will do. */
  outdoors(...only: readonly string[]): Place {
    const { noun, adjective } = this.required;
    const names =
      only.length > 0 ? only : ['park', 'forest', 'meadow', 'playground', 'lake', 'river', 'field', 'garden'];
    let name = this.dice.pick(names);
    if (
      this.pending.has('noun') &&
      (names.includes(noun.base) || (only.length === 0 && noun.kind === 'outdoors'))
    ) {
      this.pending.delete('noun');
      name = noun.base;
    }
    if (this.pending.has('adjective') && adjective.frame === 'place') {
      this.pending.delete('adjective');
      return placeOf(name, adjective.base);
    }
    return placeOf(name);
  }

  /** "One day", "One sunny morning". */
  get oneDay(): string {
    const time = this.pick('day', 'day', 'morning', 'afternoon');
    if (this.ownWeather) return `One ${time}`;
    const { adjective } = this.required;
    if (this.pending.has('adjective') && adjective.frame === 'weather') {
      this.pending.delete('adjective');
      return `One ${adjective.base} ${time}`;
    }
    return this.chance(0.4) ? `One ${this.pick('sunny', 'warm', 'bright', 'fine')} ${time}` : `One ${time}`;
  }

  /** A trait for the hero or another: "kind". */
  get trait(): string {
    return this.dice.pick(adjectivesOf('trait')).base;
  }

  /** When something happened before the story begins; not the same twice. */
  get time(): string {
    return this.times.pop() ?? 'That day';
  }

  // Sentences

  /** Adds sentences, one each; the first letter may be small. Empty ones are left out. */
  tell(...sentences: readonly string[]): this {
    const paragraph = this.paragraphs.at(-1)!;
    for (const sentence of sentences) {
      if (sentence !== '') paragraph.push(clearSubject(capitalised(sentence), paragraph.at(-1), this));
    }
    return this;
  }

  /** Adds one of these, each a sentence or several. */
  one(...alternatives: readonly (string | readonly string[])[]): this {
    const chosen = this.dice.pick(alternatives);
    return typeof chosen === 'string' ? this.tell(chosen) : this.tell(...chosen);
  }

  paragraph(): this {
    if (this.paragraphs.at(-1)!.length > 0) this.paragraphs.push([]);
    return this;
  }

  /**
   * Speech: quoted if the story has dialogue, told otherwise.
   * @param quote ends with its mark, without quotation marks
   * @param reported the whole sentence that says the same without quoting; empty to leave it out
   * @throws Error when the speaker is not where the hero is
   */
  says(speaker: Character, quote: string, reported: string): this {
    if (speaker.place !== this.hero.place) throw new Error(`${speaker.name} is not here to say "${quote}"`);
    if (!this.has('dialogue')) return this.tell(reported);
    const after = this.chance(0.5);
    const verb = quote.endsWith('!') ? this.pick('said', 'said', 'cried', 'called') : undefined;
    return this.tell(
      after ? speechAfter(quote, speaker.name, verb) : speechBefore(quote, speaker.name, verb),
    );
  }

  // The course of a story

  /** The first paragraph: a scene now and then, the hero, required words, and what the schema begins with. */
  open(...own: readonly string[]): this {
    if (this.scene !== undefined) {
      this.scene(this);
      for (const who of [this.friend, this.grandparent]) who.place = undefined;
      this.paragraph();
    }
    return this.tell(...openingSentences(this, this.scene !== undefined), ...own);
  }

  /** Moves the hero and those who go along; required words may come by on the way. */
  go(place: Place, ...company: readonly Character[]): this {
    for (const who of [this.hero, ...company]) who.place = place;
    const met = onTheWay(this);
    return this.tell(...met, met.length === 0 && this.chance(0.6) ? placeDetail(this) : '');
  }

  /** Somebody comes to where the hero is. */
  meet(...company: readonly Character[]): this {
    for (const who of company) who.place = this.hero.place;
    return this;
  }

  /** How the hero takes the problem: a feeling and something done. */
  complain(): this {
    return this.tell(...adjectiveAtTheProblem(this), ...verbAtTheProblem(this));
  }

  foreshadow(...sentences: readonly string[]): this {
    return this.has('foreshadowing') ? this.tell(this.dice.pick(sentences)) : this;
  }

  /** The last paragraph, with the moral if there is one. */
  close(ending: Ending): void {
    this.paragraph();
    this.tell(...closingSentences(this, ending));
    this.summary = ending.summary;
    if (this.pending.size > 0) throw new Error(`No place for the ${[...this.pending].join(' and ')}.`);
  }

  get home(): Place {
    return HOME;
  }

  /** "a boy", "a kind boy" */
  a(phrase: string): string {
    return withArticle(phrase);
  }
}

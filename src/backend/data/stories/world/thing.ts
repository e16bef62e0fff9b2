// A thing in a story: how it is named, and who has it.
import { withArticle } from '../language/inflection';
import type { Noun } from '../words/noun';
import type { Character } from './character';

export class Thing {
  private holder: Character | undefined;

  constructor(
    readonly noun: Noun,
    readonly adjective?: string,
  ) {}

  /** "ball" */
  get name(): string {
    return this.noun.base;
  }

  /** "red ball" */
  get full(): string {
    return this.adjective === undefined ? this.name : `${this.adjective} ${this.name}`;
  }

  /** "red balls" */
  get many(): string {
    return this.adjective === undefined ? this.noun.plural : `${this.adjective} ${this.noun.plural}`;
  }

  /** "a red ball", "some fresh milk", "new shoes" */
  get a(): string {
    if (this.noun.number === 'singular') return withArticle(this.full);
    return `some ${this.full}`;
  }

  /** "the ball" */
  get the(): string {
    return `the ${this.name}`;
  }

  /** The pronoun as an object. */
  get it(): string {
    return this.noun.number === 'plural' ? 'them' : 'it';
  }

  /** Says who has it; nobody, when it is lost. */
  heldBy(holder: Character | undefined): this {
    this.holder = holder;
    return this;
  }

  /** Changes hands, which only those who stand together can do. */
  give(from: Character, to: Character): void {
    if (this.holder !== from) throw new Error(`${from.name} has no ${this.name} to give to ${to.name}.`);
    if (from.place !== to.place) throw new Error(`${from.name} is not where ${to.name} is.`);
    this.holder = to;
  }
}

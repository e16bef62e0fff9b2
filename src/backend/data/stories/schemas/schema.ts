// What a schema is: the plot of a kind of story, told with a cast and words that differ from story to story.
import type { Teller } from '../teller/teller';
import type { NounKind } from '../words/noun';

export interface Schema {
  readonly name: string;
  /** Kinds of nouns that it gives a part in the plot. */
  readonly takes: readonly NounKind[];
  /** Who the hero may be; a child where nothing is said. */
  readonly heroes?: 'child' | 'animal' | 'any';
  /** The hero goes somewhere (`go`) after the opening; what is met on the way is told there. */
  readonly leavesHome?: boolean;
  /** The plot says what the weather is. */
  readonly ownWeather?: boolean;
  /** Scenes of everyday life would stand in the way. */
  readonly withoutScene?: boolean;
  /**
   * Tells the story: `open` first, then paragraphs with `complain` at the problem, then `close`. All six features must be
   * honoured; `say` and `close` see to dialogue and moral by themselves.
   */
  readonly tell: (teller: Teller) => void;
}

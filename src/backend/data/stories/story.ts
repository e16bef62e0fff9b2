// What a story is, as data.

export const FEATURES = [
  'dialogue',
  'bad ending',
  'moral',
  'plot twist',
  'foreshadowing',
  'conflict',
] as const;
export type Feature = (typeof FEATURES)[number];

/** The words that a story has to use, in their base forms. */
export interface Words {
  readonly verb: string;
  readonly noun: string;
  readonly adjective: string;
}

export interface Story {
  /** Paragraphs parted by an empty line. */
  readonly text: string;
  readonly words: Words;
  readonly features: readonly Feature[];
  /** One or two sentences in the present tense. */
  readonly summary: string;
  /** The sentences of `text`, in order; a quotation and who says it are one. */
  readonly sentences: readonly string[];
  /** The name of the schema that the story follows. */
  readonly schema: string;
}

/** What may be fixed beforehand; the rest is drawn. */
export interface StoryOptions {
  readonly schema?: string;
  readonly words?: Partial<Words>;
  readonly features?: readonly Feature[];
}

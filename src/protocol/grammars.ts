// Grammars and files of their strings. Their symbols, definitions, folding ranges, diagnostics and hovers are requests and
// notifications of the language server protocol.

/** Language ids, as in package.json. */
export const GRAMMAR_LANGUAGE = 'subtext-cfg';
export const CFG_TEXT_LANGUAGE = 'subtext-cfgtext';

/** A grammar that is known by its name. */
export interface NamedGrammar {
  name: string;
  /** Its levels and the lengths of its strings, in words. */
  detail: string;
  /** Terminals of its longest string. */
  longest: number;
}

/** The most strings that are sampled at once for the editor. */
export const MOST_SAMPLES = 10_000;

export interface GrammarRequests {
  'subtext/listGrammars': { params: null; result: NamedGrammar[] };
  /**
   * A file `*.cfgtext` with fresh strings, long ones broken at their constituents.
   * `grammar`: a name, or the absolute path of a file
   */
  'subtext/sampleGrammar': {
    params: { grammar: string; count: number; seed: number };
    result: { text: string };
  };
}

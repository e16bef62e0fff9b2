// What the probes of an open model read of a grammar's strings. What was read of a string is kept, so that an edit or a
// scroll reads only the strings that are new.
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { checkWords } from '../../data/cfg/evaluate';
import type { LanguageModel } from '../../model/languageModel';
import type { Token } from '../../tokenizer/tokenizer';
import type { Interventions } from '../interventions/interventions';
import { letMessagesIn, Reading } from '../reading';
import { findProbeSets } from './findProbes';
import { chosenSet, fits } from './chosenProbes';
import { levelColumns, levelsOf, type LevelColumns } from './columns';
import { bestHook, hooksOfSet, loadProbes, type ProbeSet, type TreeTarget } from './probeSet';
import { TreeProbes } from './treeProbes';
import type { LevelProbabilities, ReadGrammar, ReadTree, TreeAnswer, TreeQuestion } from './treeQuestion';

/** Tokens in one run of the model, padding included. */
const TOKENS_AT_ONCE = 4096;
/** Tokens whose readings are kept: of six levels of three symbols some 10 MB. */
const KEPT_TOKENS = 60_000;

/** What is compiled for a folder and a hook, and what it has read, the latest last. */
interface Opened {
  key: string;
  set: ProbeSet;
  hook: string;
  results: TreeAnswer['results'];
  probes: TreeProbes;
  columns: LevelColumns[];
  read: Map<string, LevelProbabilities[]>;
  tokens: number;
}

export class ParseTreeReader {
  private opened: Opened | undefined;

  /** @param path that the model was opened by */
  constructor(
    private readonly model: LanguageModel,
    private readonly path: string,
  ) {}

  /**
   * @throws SubtextError `grammar` for a model of another vocabulary; `probe` where no probes fit model and grammar
   */
  async read(
    question: TreeQuestion,
    interventions: Interventions | undefined,
    cancellation: Cancellation,
    progress: (share: number) => void,
  ): Promise<TreeAnswer> {
    const { grammar, strings } = question;
    checkWords(this.model, grammar.name, grammar.words);
    const sets = await findProbeSets(this.model.checkpoint, this.path, question.folders);
    const set = chosenSet(sets, question, this.path);
    const opened = await this.open(set, question);
    const texts = strings.map((ids) => this.unreadable(ids, grammar, opened.probes) ?? ids);
    const wanted = texts.filter((text) => typeof text !== 'string');
    const missing = new Map(wanted.map((ids) => [ids.join(), ids]));
    for (const key of opened.read.keys()) missing.delete(key);
    const found = await this.readStrings(
      opened,
      [...missing.values()],
      grammar,
      interventions,
      cancellation,
      progress,
    );
    const trees = texts.map((text): ReadTree => {
      if (typeof text === 'string') return { unread: text };
      const key = text.join();
      return { levels: found.get(key) ?? opened.read.get(key)! };
    });
    keep(opened, wanted, trees);
    return {
      probes: set.folder,
      folders: sets.filter((each) => fits(each, grammar)).map(({ folder }) => folder),
      hook: opened.hook,
      hooks: hooksOfSet(set),
      results: opened.results,
      strings: trees,
      interventions: interventions?.active ?? 0,
    };
  }

  /** Forgets what was read: interventions have changed. */
  forget(): void {
    this.opened?.read.clear();
    if (this.opened) this.opened.tokens = 0;
  }

  dispose(): void {
    this.opened?.probes.dispose();
    this.opened = undefined;
  }

  private async open(set: ProbeSet, { grammar, hook }: TreeQuestion): Promise<Opened> {
    const hooks = hooksOfSet(set);
    const chosen = hook !== null && hooks.includes(hook) ? hook : bestHook(set);
    // The same folder may have been written anew.
    const key = JSON.stringify([set, chosen, grammar.signature]);
    if (this.opened?.key === key) return this.opened;
    const loaded = await loadProbes(set, chosen);
    const named = [...loaded].map(([{ target, level }, probe]) => ({ name: `${target} ${level}`, probe }));
    const probes = await TreeProbes.compile(this.model.executor, named);
    this.dispose();
    const of = (target: TreeTarget, wanted: number) =>
      [...loaded.keys()].find((each) => each.target === target && each.level === wanted);
    const results = grammar.levels.map(({ level }) => ({
      ancestor: of('ancestor', level) ?? null,
      boundary: of('boundary', level) ?? null,
    }));
    const columns = grammar.levels.map(({ symbols }, index) => levelColumns(results[index], symbols));
    this.opened = { key, set, hook: chosen, results, probes, columns, read: new Map(), tokens: 0 };
    return this.opened;
  }

  /** Why a string cannot be read; undefined if it can. */
  private unreadable(ids: Int32Array, { name, words }: ReadGrammar, probes: TreeProbes): string | undefined {
    const { n_ctx } = this.model.configuration;
    if (ids.includes(0)) return `Not read: it has a word that is no terminal of ${name}.`;
    if (this.idsOf(ids, words).length > n_ctx)
      return `Not read: ${ids.length} terminals do not fit into the model's context of ${n_ctx} tokens.`;
    if (ids.length > probes.positions)
      return `Not read: it has ${ids.length} terminals, and the probes were trained on strings of up to ${probes.positions}.`;
    return undefined;
  }

  /** As the probes were trained; a causal model does not see what comes behind. */
  private idsOf(ids: Int32Array, words: readonly string[]): number[] {
    return this.model.configuration.causal ? [0, ...ids] : [0, ...ids, words.length - 1];
  }

  private async readStrings(
    opened: Opened,
    strings: readonly Int32Array[],
    grammar: ReadGrammar,
    interventions: Interventions | undefined,
    cancellation: Cancellation,
    progress: (share: number) => void,
  ): Promise<Map<string, LevelProbabilities[]>> {
    const { hook, probes } = opened;
    const found = new Map<string, LevelProbabilities[]>();
    const isChanged = interventions !== undefined && interventions.active > 0;
    // What interventions do may go by the string's own tokens.
    const batches = isChanged ? strings.map((each) => [each]) : batchesOf(strings);
    for (const batch of batches) {
      throwIfCancelled(cancellation);
      const texts = batch.map((ids) => this.idsOf(ids, grammar.words));
      const changes = isChanged ? await this.changes(texts[0], grammar, interventions, cancellation) : [];
      const captured = (await this.model.runWithHooks(texts, [hook], changes)).get(hook)!;
      const rows = Math.max(...texts.map(({ length }) => length));
      const width = captured.data.length / (rows * batch.length);
      const length = Math.max(...batch.map((ids) => ids.length));
      const activations = new Float32Array(batch.length * length * width);
      batch.forEach((ids, index) => {
        // The first row is the begin of text.
        const from = (index * rows + 1) * width;
        const own = (captured.data as Float32Array).subarray(from, from + ids.length * width);
        activations.set(own, index * length * width);
      });
      const lengths = batch.map((ids) => ids.length);
      const read = await probes.read(activations, length, lengths);
      batch.forEach((ids, index) =>
        found.set(ids.join(), levelsOf(opened.columns, read, index, ids.length, length)),
      );
      progress(found.size / strings.length);
      if (batches.length > 1) await letMessagesIn();
    }
    throwIfCancelled(cancellation);
    return found;
  }

  private async changes(
    ids: readonly number[],
    { words }: ReadGrammar,
    interventions: Interventions,
    cancellation: Cancellation,
  ): Promise<ReturnType<Reading['changesIn']>> {
    let end = 0;
    const tokens = ids.map((id, index): Token => {
      const isText = id > 0 && id < words.length - 1;
      const start = isText && index > 1 ? end + 1 : end;
      end = isText ? start + words[id].length : start;
      return { id, piece: words[id], start, end };
    });
    const reading = new Reading(this.model, tokens);
    const changed = reading.under(await interventions.changesFor(reading, cancellation));
    return changed.changesIn(changed.windows[0]);
  }
}

/** Strings of about one length together, so that little is padding. */
function batchesOf(strings: readonly Int32Array[]): Int32Array[][] {
  const batches: Int32Array[][] = [];
  for (const string of strings.toSorted((a, b) => b.length - a.length)) {
    const last = batches.at(-1);
    if (last && (last.length + 1) * (last[0].length + 2) <= TOKENS_AT_ONCE) last.push(string);
    else batches.push([string]);
  }
  return batches;
}

function keep(opened: Opened, strings: readonly Int32Array[], trees: readonly ReadTree[]): void {
  const read = trees.flatMap((tree) => ('levels' in tree ? [tree.levels] : []));
  strings.forEach((ids, index) => {
    const key = ids.join();
    if (opened.read.delete(key)) opened.tokens -= ids.length;
    opened.read.set(key, read[index]);
    opened.tokens += ids.length;
  });
  for (const key of opened.read.keys()) {
    if (opened.tokens <= KEPT_TOKENS) return;
    opened.read.delete(key);
    opened.tokens -= key.split(',').length;
  }
}

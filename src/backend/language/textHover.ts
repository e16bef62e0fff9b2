// The hover over a terminal: its ancestors in the true parse, and the true next tokens beside those of the model.
import type { Hover, Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ModelSummary } from '../../protocol/types';
import type { PlacePrediction } from '../answers/predictions';
import { ancestors, divergence, nextNames, type StringAnalysis } from '../data/cfg/analysis';
import { BEGIN, END } from '../data/cfg/definitions';
import type { Grammar } from '../data/cfg/grammar';
import { describeError } from '../errors';
import { code } from '../server/hover';
import type { OpenGrammars } from './grammars';
import type { OpenStrings } from './strings';
import { rangeOf, treesText } from './textFeatures';

/** The model that hovers are answered by. */
export interface HoverModel {
  summary: ModelSummary;
  /** What it expects of the token at a place of a text, and after it: the `top` likeliest. */
  predict(text: string, offset: number, top: number): Promise<PlacePrediction[]>;
}

/** What a model says of a place, or why it says nothing. */
type ModelWord = { own: number; next: Float64Array } | { silence: string };

/** Rows of the table, and up to how many stand in the order of the tokens. */
const MAX_ROWS = 12;
const ROWS_IN_ORDER = 4;

export async function textHover(
  grammars: OpenGrammars,
  strings: OpenStrings,
  document: TextDocument,
  position: Position,
  model: HoverModel | undefined,
): Promise<Hover | undefined> {
  const offset = document.offsetAt(position);
  const text = strings.textOf(document);
  const sample = text.samples.find(({ start, end }) => start <= offset && offset <= end);
  const named = grammars.ofText(document, text);
  if (!sample || 'fault' in named) return undefined;
  const { grammar } = named;
  const { words, analysis } = strings.read(grammar, document, sample);
  const index = words.findIndex(({ start, end }) => start <= offset && offset < end);
  if (index === -1 || !analysis) return undefined;
  const { next } = analysis;
  const title = `${code(words[index].word)} terminal ${index + 1} of ${words.length}`;
  const lines = [title, ...ancestry(grammar, analysis, index)];
  if (next.deadAt !== undefined && index >= next.deadAt) {
    lines.push(`No string of ${grammar.name} begins like this: there is no truth about what follows.`);
  } else {
    const isDead = next.deadAt !== undefined && index === next.deadAt - 1;
    // All words up to one that no model of this grammar knows: the model reads the string once for all hovers.
    const unknown = analysis.tokens.indexOf(0);
    const known = words.slice(0, unknown === -1 ? undefined : unknown).map(({ word }) => word);
    const said = model && index < known.length ? await modelWord(grammar, model, known, index) : undefined;
    lines.push(...truth(grammar, analysis, index, isDead, model?.summary.name, said));
  }
  return {
    contents: { kind: 'markdown', value: lines.join('\n\n') },
    range: rangeOf(document, words[index]),
  };
}

/** From the root down, with levels, and those that end with the terminal. */
function ancestry(grammar: Grammar, { tree, trees, fault }: StringAnalysis, index: number): string[] {
  if (!tree) return fault && index === fault.word ? [`${fault.message}.`] : [];
  const path = ancestors(tree, index);
  const chain = path.map(({ symbol }, depth) => `${code(grammar.symbols[symbol])} ${depth + 1}`).join(' › ');
  const ending = path
    .filter(({ end }) => end === index + 1)
    .map(({ symbol }) => code(grammar.symbols[symbol]));
  const ends = ending.length > 0 ? `; ends ${ending.join(', ')}` : '';
  const several = trees > 1 ? `; the likeliest of ${treesText(trees)}` : '';
  return [`Ancestors, with levels: ${chain}${ends}${several}`];
}

function truth(
  grammar: Grammar,
  { tokens, next }: StringAnalysis,
  index: number,
  isDead: boolean,
  modelName: string | undefined,
  said: ModelWord | undefined,
): string[] {
  const { probabilities, vocabulary } = next;
  const rowAfter = (prefix: number) => probabilities.subarray(prefix * vocabulary, (prefix + 1) * vocabulary);
  const speaks = said && 'next' in said ? said : undefined;
  const own = `p ${percent(rowAfter(index)[tokens[index]])}`;
  const row = rowAfter(index + 1);
  const lines = [speaks ? `${own}, by ${modelName} ${percent(Math.exp(speaks.own))}` : own];
  if (!isDead) {
    if (speaks)
      lines.push(
        `KL from truth to ${modelName} of what follows: ${short(divergence(row, speaks.next))} nats`,
      );
    const shown = nextNames(grammar).map((name, at) => ({ name, id: at + 1 }));
    // Of more the likeliest come first: the last rows may be out of sight.
    if (shown.length > ROWS_IN_ORDER) shown.sort((a, b) => row[b.id] - row[a.id]).splice(MAX_ROWS);
    const cells = shown.map(({ name, id }) => {
      const ofModel = speaks ? ` ${percent(Math.exp(speaks.next[id]))} |` : '';
      return `| ${name === END ? 'end' : code(name)} | ${percent(row[id])} |${ofModel}`;
    });
    const head = speaks
      ? [`| next | truth | ${modelName} |`, '|:--|--:|--:|']
      : ['| next | truth |', '|:--|--:|'];
    lines.push([...head, ...cells].join('\n'));
  }
  if (said && 'silence' in said) lines.push(said.silence);
  return lines;
}

async function modelWord(
  grammar: Grammar,
  { summary, predict }: HoverModel,
  words: readonly string[],
  index: number,
): Promise<ModelWord> {
  const { name, context } = summary;
  // Begin of text comes first: the terminal stands at position index + 1.
  if (index + 2 > context)
    return { silence: `Beyond the context of ${name}, which is ${context} tokens: truth only.` };
  const silence = `${name} has another vocabulary than ${grammar.name}: truth only.`;
  const offset = words.slice(0, index).reduce((total, word) => total + word.length + 1, 0);
  try {
    const [found] = await predict(words.join(' '), offset, grammar.vocabulary + 1);
    const predictsNothing = { silence: `${name} predicts no next token: truth only.` };
    if (!found.predictsNext) return predictsNothing;
    const { next, logProbability } = found.prediction;
    const names = [BEGIN, ...nextNames(grammar)];
    const fits = next.length === names.length && next.every(({ id, piece }) => names[id] === piece);
    if (!fits || found.token.piece !== words[index]) return { silence };
    if (logProbability === undefined) return predictsNothing;
    const row = new Float64Array(names.length);
    for (const each of next) row[each.id] = each.logProbability;
    return { own: logProbability, next: row };
  } catch (error) {
    return { silence: `${silence} (${describeError(error)})` };
  }
}

function percent(probability: number): string {
  const share = 100 * probability;
  return share > 0 && share < 0.001 ? '<0.001%' : `${Number(share.toPrecision(3))}%`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

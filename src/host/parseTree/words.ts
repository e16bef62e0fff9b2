// What is said of parse trees that probes read. No 'vscode'.
import { readLevels } from '../../protocol/parseTreeCells';
import type { HeldOut, ParseTreeLevel, ParseTreeReadings, ParseTreeString } from '../../protocol/parseTrees';
import { inlineCode } from '../names';

/** Symbols in the hover that are less likely than this are left out. */
const LEAST_SHOWN = 0.01;

/** The line above the first string. */
export function treeLine(
  { source, hook, levels }: ParseTreeReadings,
  shown: (level: number) => boolean,
): string {
  const parts = levels.flatMap(({ level, ancestor, boundary }) => {
    const known = ancestor ?? boundary;
    return known && shown(level) ? [`level ${level} ${percent(known.accuracy)}`] : [];
  });
  const accuracy = parts.length > 0 ? `: held-out accuracy ${parts.join(', ')}` : '';
  return `Parse tree${accuracy} · dotted is wrong · Esc clears · ${source.modelName} ${hook}`;
}

/** What the hover says of a token, as Markdown. */
export function treeHover(
  { levels, hook }: ParseTreeReadings,
  string: ParseTreeString,
  token: number,
): string {
  const title = `Probes of ${inlineCode(hook)}`;
  if (string.unread !== undefined) return `${title}: ${string.unread}`;
  const read = readLevels(string, levels);
  const rows = levels.map((level, index) => {
    const { truth, ends, symbols, endProbability } = string.levels[index];
    const own = read[index];
    const cells = [
      String(level.level),
      truth ? level.symbols[truth[token]] : '',
      symbols ? symbolWords(level, symbols, token, own.wrongSymbol[token] === 1) : '',
      endProbability ? endWords(endProbability[token], ends?.[token], own.wrongEnd[token] === 1) : '',
      heldOutWords(level),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = ['| level | true | read | ends here | held out |', '|--:|:--|:--|:--|:--|'];
  return [`${title}\n`, ...head, ...rows].join('\n');
}

function symbolWords(
  { symbols }: ParseTreeLevel,
  probabilities: Float32Array,
  token: number,
  isWrong: boolean,
): string {
  const likely = symbols
    .map((name, index) => ({ name, p: probabilities[token * symbols.length + index] }))
    .sort((a, b) => b.p - a.p)
    .filter(({ p }, index) => index === 0 || p >= LEAST_SHOWN)
    .slice(0, 4)
    .map(({ name, p }, index) => (index === 0 ? `**${name}** ${percent(p)}` : `${name} ${percent(p)}`));
  return `${likely.join(' · ')}${isWrong ? ' — wrong' : ''}`;
}

function endWords(probability: number, truth: number | undefined, isWrong: boolean): string {
  const read = `${probability > 0.5 ? '**yes**' : 'no'} ${percent(Math.max(probability, 1 - probability))}`;
  return isWrong ? `${read} — truth is ${truth === 1 ? 'yes' : 'no'}` : read;
}

function heldOutWords({ ancestor, boundary }: ParseTreeLevel): string {
  const words = (what: string, known: HeldOut | null) => {
    if (!known) return [];
    const untrained = known.random_init === null ? '' : `, untrained ${heldOut(known.random_init)}`;
    return [`${what} ${heldOut(known.accuracy)} (majority ${heldOut(known.majority)}${untrained})`];
  };
  return [...words('symbol', ancestor), ...words('end', boundary)].join('; ');
}

/** Side by side: all with one decimal. */
function heldOut(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** One decimal near the ends, where it tells most. */
export function percent(share: number): string {
  const value = 100 * share;
  const digits = value > 0 && value < 100 && (value < 9.95 || value > 90) ? 1 : 0;
  return `${value.toFixed(digits)}%`;
}

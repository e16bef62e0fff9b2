// What probes are trained on: strings of a grammar, labels beside texts, or texts alone. No 'vscode'.
import { basename, isAbsolute } from 'node:path';
import type { ProbeChoices, ProbedModel } from '../../protocol/probes';
import { toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { columnsOf } from './jsonColumns';
import type { Browsing, Item, Person } from './person';
import type { ProbeData } from './recipe';
import { type Back, back, type DialogueStep } from './steps';

interface DataItem extends Item {
  /** undefined where a person gave up what it asked. */
  choose(): Promise<ProbeData | undefined> | ProbeData;
}

/** Asks until there is an answer: a file that cannot be used is told, and leads back to the list. */
export async function askData(
  requester: Requester,
  person: Person,
  model: ProbedModel,
  choices: Promise<ProbeChoices>,
  before: ProbeData | undefined,
  step: DialogueStep,
): Promise<ProbeData | Back | undefined> {
  const page = choices.then(({ grammars }) => {
    const items = itemsOf(requester, person, model, grammars);
    const last = before?.kind === 'cfg' ? grammarLabel(before) : undefined;
    return { placeholder: 'Data', items, active: items.filter(({ label }) => label === last) };
  });
  for (;;) {
    const picked = await person.one(step, page);
    if (picked === undefined || picked === back) return picked;
    try {
      const found = await picked.choose();
      if (found) return found;
    } catch (error) {
      person.hear(toFailure(error));
    }
  }
}

function itemsOf(
  requester: Requester,
  person: Person,
  model: ProbedModel,
  grammars: ProbeChoices['grammars'],
): DataItem[] {
  return [
    ...grammars.map((grammar): DataItem => ({
      label: grammarLabel(grammar),
      description: grammar.detail,
      choose: () => dataOf(grammar),
    })),
    {
      label: '$(symbol-ruler) Strings of a Grammar File…',
      choose: () => grammarFile(requester, person, model),
    },
    {
      label: '$(json) Labels in a JSONL File…',
      detail: 'A text and its labels in each line: spans, one for each token, or one for the whole text',
      choose: () => labelledFile(person),
    },
    {
      label: '$(file) Text File…',
      detail: 'Regular expression, next token, position',
      choose: () => textFile(person),
    },
    {
      label: '$(folder) Text Folder…',
      detail: 'The same, of all files in it',
      choose: () => textFolder(person),
    },
  ];
}

/** Published grammars have names with a slash, which are no paths. */
function grammarLabel({ title }: { title: string }): string {
  return `Strings of ${isAbsolute(title) ? basename(title) : title}`;
}

function dataOf({ name, drop, title, levels }: ProbeChoices['grammars'][number]): ProbeData {
  return { kind: 'cfg', grammar: name, drop, title, levels };
}

async function grammarFile(
  requester: Requester,
  person: Person,
  model: ProbedModel,
): Promise<ProbeData | undefined> {
  const grammar = await browse(person, 'Grammar File', { Grammars: ['cfg'], 'All Files': ['*'] });
  if (grammar === undefined) return undefined;
  const { grammars } = await requester.request('subtext/probeChoices', { model, grammar });
  return dataOf(grammars[0]);
}

async function labelledFile(person: Person): Promise<ProbeData | undefined> {
  const filters = { 'Lines of JSON': ['jsonl', 'ndjson'], 'All Files': ['*'] };
  const path = await browse(person, 'Labelled Texts', filters);
  return path === undefined ? undefined : linesIn(person, path);
}

/** Lines of JSON, and which of their columns is the text. */
async function linesIn(person: Person, path: string): Promise<ProbeData | undefined> {
  const { texts, all } = await columnsOf(path);
  const isClear = texts[0] === 'text' || texts.length === 1;
  const textColumn = isClear ? texts[0] : await person.aside('Column with the text', texts);
  if (textColumn === undefined) return undefined;
  return { kind: 'text', path, textColumn, labelColumns: all.filter((column) => column !== textColumn) };
}

async function textFile(person: Person): Promise<ProbeData | undefined> {
  const filters = { Text: ['txt', 'jsonl', 'ndjson', 'parquet'], 'All Files': ['*'] };
  const path = await browse(person, 'Text File', filters);
  if (path === undefined) return undefined;
  return /\.(jsonl|ndjson)$/i.test(path) ? linesIn(person, path) : { kind: 'text', path, labelColumns: [] };
}

async function textFolder(person: Person): Promise<ProbeData | undefined> {
  const path = await browse(person, 'Text Folder');
  return path === undefined ? undefined : { kind: 'text', path, labelColumns: [] };
}

async function browse(
  person: Person,
  title: string,
  filters?: Browsing['filters'],
): Promise<string | undefined> {
  return (await person.browse({ title, openLabel: 'Probe on This', ...(filters && { filters }) })).at(0);
}

// The decoders of tokenizer.json: from the spelling of a token in the vocabulary to the bytes of its text. Our own and
// not those of @huggingface/tokenizers, which decode whole texts only, drop U+FEFF and spell a lone byte in an added
// token as 0. The rules are those of Hugging Face tokenizers (Rust, `tokenizers/src/decoders`).
import { byteOfPiece, bytesOfSpelling, showBytes } from './byteLevel';
import type { JsonValue } from './jsonValue';

/** Longest run of characters that a Strip decoder may drop; published ones drop one space. */
const MAX_STRIP = 16;

/** How the spellings of one vocabulary are read. */
export interface Spelling {
  /** The UTF-8 bytes that a token adds to the text. */
  bytesOf(token: string, isFirst: boolean): Uint8Array;
  /** The token's own text for people, as `Token.piece`. */
  show(token: string): string;
  leading: { character: string; count: number } | undefined;
}

type Step = (token: string, isFirst: boolean) => string;

/** What the steps of a decoder come to. */
interface Steps {
  /** How one token is spelt. */
  respell: Step[];
  /** How a token joins the text before it. */
  join: Step[];
  isByteLevel: boolean;
  hasBytePieces: boolean;
  /** After this step the text is one. */
  isFused: boolean;
  leading: Spelling['leading'];
}

const encoder = new TextEncoder();

/** @throws SubtextError 'tokenizer' for a decoder that is not known. */
export function readDecoder(json: JsonValue): Spelling {
  const steps: Steps = {
    respell: [],
    join: [],
    isByteLevel: false,
    hasBytePieces: false,
    isFused: false,
    leading: undefined,
  };
  // Without a decoder Hugging Face puts a space between the tokens.
  if (json.isMissing) steps.join.push((token, isFirst) => (isFirst ? token : ` ${token}`));
  else addStep(json, steps);
  const run = (stepsToRun: Step[], token: string, isFirst: boolean): string =>
    stepsToRun.reduce((spelling, step) => step(spelling, isFirst), token);
  const toBytes = (spelling: string): Uint8Array => {
    if (steps.isByteLevel) return bytesOfSpelling(spelling);
    const byte = steps.hasBytePieces ? byteOfPiece(spelling) : undefined;
    return byte === undefined ? encoder.encode(spelling) : Uint8Array.of(byte);
  };
  return {
    bytesOf: (token, isFirst) => toBytes(run([...steps.respell, ...steps.join], token, isFirst)),
    // In the middle of a text, where nothing is dropped.
    show: (token) => showBytes(toBytes(run(steps.respell, token, false))),
    leading: steps.leading,
  };
}

function addStep(json: JsonValue, steps: Steps): void {
  const type = json.field('type').text();
  if (steps.isFused && type !== 'Strip')
    json.fail(`is a '${type}' after the tokens were joined, which Subtext does not know`);
  switch (type) {
    case 'Sequence':
      for (const step of json.field('decoders').items()) addStep(step, steps);
      return;
    case 'ByteLevel':
      steps.isByteLevel = true;
      return;
    case 'ByteFallback':
      steps.hasBytePieces = true;
      return;
    case 'Fuse':
      steps.isFused = true;
      return;
    case 'Replace': {
      const pattern = json.field('pattern').field('String').text();
      const content = json.field('content').text();
      steps.respell.push((token) => (pattern === '' ? token : token.replaceAll(pattern, () => content)));
      return;
    }
    case 'Metaspace':
      addMetaspace(json, steps);
      return;
    case 'WordPiece':
      addWordPiece(json, steps);
      return;
    case 'Strip':
      addStrip(json, steps);
      return;
    default:
      json.fail(`is a decoder that Subtext does not know, '${type}'`);
  }
}

function addMetaspace(json: JsonValue, steps: Steps): void {
  const replacement = json.field('replacement').text('▁');
  const oldScheme = json.field('add_prefix_space').flag(true) ? 'always' : 'never';
  const dropsFirst = json.field('prepend_scheme').text(oldScheme).toLowerCase() !== 'never';
  // In the first token every one is dropped, not only the one that was put there.
  steps.respell.push((token, isFirst) => token.replaceAll(replacement, isFirst && dropsFirst ? '' : ' '));
}

function addWordPiece(json: JsonValue, steps: Steps): void {
  const prefix = json.field('prefix').text('##');
  const cleansUp = json.field('cleanup').flag(true);
  steps.join.push((token, isFirst) => {
    const joined = isFirst ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
    return cleansUp ? withoutSpacesBeforePunctuation(joined) : joined;
  });
}

function withoutSpacesBeforePunctuation(text: string): string {
  return text
    .replace(/ ([.?!,])/g, '$1')
    .replaceAll(" ' ", "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, '$1');
}

function addStrip(json: JsonValue, steps: Steps): void {
  const character = json.field('content').text();
  const [start, stop] = [json.field('start').count(MAX_STRIP), json.field('stop').count(MAX_STRIP)];
  if (steps.isFused && stop === 0 && character.length === 1 && steps.leading === undefined) {
    steps.leading = { character, count: start };
  } else if (!steps.isFused) {
    steps.join.push((token) => stripCharacters(token, character, start, stop));
  } else {
    json.fail('strips the text in a way that Subtext does not know');
  }
}

function stripCharacters(token: string, character: string, start: number, stop: number): string {
  let [from, to] = [0, token.length];
  while (from < start && token[from] === character) from++;
  while (token.length - to < stop && to > from && token[to - 1] === character) to--;
  return token.slice(from, to);
}

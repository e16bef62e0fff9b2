// The normalizers of tokenizer.json, each with the place in the source that every character came from.
// The rules are those of Hugging Face tokenizers (Rust, `tokenizers/src/normalizers`).
import { AlignedTextBuilder, replaceMatches } from './alignment';
import type { AlignedText } from './alignment';
import type { JsonValue } from './jsonValue';
import { readPattern } from './patterns';

export type Normalizer = (text: AlignedText) => AlignedText;

/** Written languages put a few marks on a character; trying every cut costs the square of their number. */
const MAX_CUT_CLUSTER = 32;
/** V8 sorts the marks of one character in quadratic time; 100 KB of them would take 9 s. No language comes near. */
const MAX_CLUSTER = 1024;

type Form = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** @throws SubtextError 'tokenizer' for a normalizer that is not known. */
export function readNormalizer(json: JsonValue): Normalizer {
  if (json.isMissing) return (text) => text;
  const type = json.field('type').text();
  switch (type) {
    case 'Sequence': {
      const steps = json.field('normalizers').items().map(readNormalizer);
      return (text) => steps.reduce((current, step) => step(current), text);
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return unicodeForm(type);
    case 'Lowercase':
      return lowercase;
    case 'StripAccents':
      return (text) => replaceMatches(text, /\p{M}+/gu, () => '');
    case 'BertNormalizer':
      return bert(json);
    case 'Prepend':
      return prepend(json.field('prepend').text());
    case 'Replace': {
      const pattern = readPattern(json.field('pattern'));
      const content = json.field('content').text();
      return (text) => replaceMatches(text, pattern, () => content);
    }
    case 'Strip':
      return strip(json.field('strip_left').flag(true), json.field('strip_right').flag(true));
    default:
      return json.fail(`is a normalizer that Subtext does not know, '${type}'`);
  }
}

/** Puts a text before every text that is not empty. */
export function prepend(prefix: string): Normalizer {
  return (text) => {
    if (text.text === '') return text;
    const builder = new AlignedTextBuilder(text);
    builder.put(prefix, 0);
    builder.copy(0, text.text.length);
    return builder.build();
  };
}

// Characters that composition or reordering may join to the one before (Unicode Standard Annex 15): marks, Hangul
// vowels and finals with their half-width and compatibility forms, half-width kana marks, Kirat Rai vowels.
const JOINS = '\\p{M}\\u1160-\\u11FF\\u3131-\\u318E\\uFF9E-\\uFFDC\\u{16D63}-\\u{16D6A}';
// ASCII is the same in every form unless something joins to it.
const CLUSTERS = new RegExp(`[\\0-\\x7F]+(?![${JOINS}])|[^${JOINS}]?[${JOINS}]{0,${MAX_CLUSTER}}`, 'gu');
const LONG_CLUSTER = new RegExp(`[${JOINS}]{${MAX_CLUSTER}}`, 'u');

function unicodeForm(form: Form): Normalizer {
  return (text) => {
    const whole = LONG_CLUSTER.test(text.text) ? undefined : text.text.normalize(form);
    if (whole === text.text) return text;
    const builder = new AlignedTextBuilder(text);
    for (const { 0: cluster, index } of text.text.matchAll(CLUSTERS))
      putCluster(cluster, index, form, builder);
    const aligned = builder.build();
    if (whole === undefined || aligned.text === whole) return aligned;
    // A newer Unicode joins more than we know of: right text, coarse places.
    const coarse = new AlignedTextBuilder(text);
    coarse.put(whole, text.text.length);
    return coarse.build();
  };
}

/** Cut where its parts keep their places: only characters that were joined or reordered share a place. */
function putCluster(cluster: string, start: number, form: Form, builder: AlignedTextBuilder): void {
  const normal = cluster.normalize(form);
  if (normal === cluster) {
    builder.copy(start, start + cluster.length);
    return;
  }
  for (let cut = 1; cut < cluster.length && cluster.length <= MAX_CUT_CLUSTER; cut++) {
    const [first, rest] = [cluster.slice(0, cut), cluster.slice(cut)];
    if (first.normalize(form) + rest.normalize(form) !== normal) continue;
    builder.put(first.normalize(form), start + cut);
    putCluster(rest, start + cut, form, builder);
    return;
  }
  builder.put(normal, start + cluster.length);
}

/** Each character by itself, as Rust does it: a final sigma becomes σ, where JavaScript makes ς of a whole word's. */
function lowercase(text: AlignedText): AlignedText {
  return replaceMatches(text, /\p{Changes_When_Lowercased}/gu, (character) => character.toLowerCase());
}

function strip(left: boolean, right: boolean): Normalizer {
  return (aligned) => {
    const { text } = aligned;
    const from = left ? text.search(/\P{White_Space}|$/u) : 0;
    let to = text.length;
    while (right && to > from && /\p{White_Space}/u.test(text[to - 1])) to--;
    return aligned.slice(from, to);
  };
}

const CHINESE =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;

/** BERT's BasicTokenizer without its splitting: clean, spaces around Chinese characters, accents off, lower case. */
function bert(json: JsonValue): Normalizer {
  const isLowercase = json.field('lowercase').flag(true);
  const decompose = unicodeForm('NFD');
  const steps: Normalizer[] = [];
  if (json.field('clean_text').flag(true)) {
    steps.push((text) => replaceMatches(text, /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\uFFFD]/gu, () => ''));
    steps.push((text) => replaceMatches(text, /(?! )\p{White_Space}/gu, () => ' '));
  }
  if (json.field('handle_chinese_chars').flag(true)) steps.push(spaceChinese);
  if (json.field('strip_accents').flag(isLowercase)) {
    steps.push(decompose, (text) => replaceMatches(text, /\p{Mn}+/gu, () => ''));
  }
  if (isLowercase) steps.push(lowercase);
  return (text) => steps.reduce((current, step) => step(current), text);
}

function spaceChinese(text: AlignedText): AlignedText {
  const builder = new AlignedTextBuilder(text);
  let copied = 0;
  for (const { 0: character, index } of text.text.matchAll(CHINESE)) {
    builder.copy(copied, index);
    copied = index + character.length;
    builder.put(' ', index);
    builder.copy(index, copied);
    builder.put(' ', copied);
  }
  if (copied === 0) return text;
  builder.copy(copied, text.text.length);
  return builder.build();
}

// The post-processors of tokenizer.json: special tokens around the text, such as begin of text.
import type { JsonValue } from './jsonValue';
import { MAX_SYMBOLS } from './mergeTable';

/** Token ids that go around every text. */
export interface Surroundings {
  before: number[];
  after: number[];
}

/** @throws SubtextError 'tokenizer' for a post-processor that is not known. */
export function readPostProcessor(json: JsonValue): Surroundings {
  if (json.isMissing) return { before: [], after: [] };
  const type = json.field('type').text();
  switch (type) {
    case 'Sequence':
      return json.field('processors').items().map(readPostProcessor).reduce(wrap, { before: [], after: [] });
    case 'ByteLevel':
      // Trims offsets only, and ours tile the text.
      return { before: [], after: [] };
    case 'TemplateProcessing':
      return readTemplate(json);
    case 'BertProcessing':
    case 'RobertaProcessing':
      return { before: [readPair(json.field('cls'))], after: [readPair(json.field('sep'))] };
    default:
      return json.fail(`is a post-processor that Subtext does not know, '${type}'`);
  }
}

function wrap(inner: Surroundings, outer: Surroundings): Surroundings {
  return { before: [...outer.before, ...inner.before], after: [...inner.after, ...outer.after] };
}

/** `["[CLS]", 101]` */
function readPair(json: JsonValue): number {
  return json.item(1).count(MAX_SYMBOLS - 1);
}

function readTemplate(json: JsonValue): Surroundings {
  const surroundings: Surroundings = { before: [], after: [] };
  let hasText = false;
  for (const item of json.field('single').items()) {
    const special = item.field('SpecialToken');
    if (special.isMissing) {
      if (hasText || item.field('Sequence').isMissing) item.fail('is neither a special token nor the text');
      hasText = true;
      continue;
    }
    const token = json.field('special_tokens').field(special.field('id').text());
    const ids = token
      .field('ids')
      .items()
      .map((id) => id.count(MAX_SYMBOLS - 1));
    (hasText ? surroundings.after : surroundings.before).push(...ids);
  }
  if (!hasText) json.fail('leaves the text out');
  return surroundings;
}

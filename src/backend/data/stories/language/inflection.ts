// English word forms: past tense and gerund of verbs, plural of nouns, the article before a word.

const IRREGULAR_PAST: Readonly<Record<string, string>> = Object.fromEntries(
  `be was, beat beat, become became, begin began, bend bent, bite bit, bleed bled, blow blew, break broke,
  bring brought, build built, burn burned, burst burst, buy bought, catch caught, choose chose, cling clung, come came, cost cost, creep crept,
  cut cut, deal dealt, dig dug, do did, draw drew, dream dreamed, drink drank, drive drove, eat ate, fall fell,
  feed fed, feel felt, fight fought, find found, fly flew, forget forgot, forgive forgave, freeze froze, get got,
  give gave, go went, grind ground, grow grew, hang hung, have had, hear heard, hide hid, hit hit, hold held,
  hurt hurt, keep kept, kneel knelt, knit knitted, know knew, lay laid, lead led, leave left, lend lent, let let,
  lie lay, light lit, lose lost, make made, mean meant, meet met, pay paid, put put, quit quit, read read, ride rode, ring rang,
  rise rose, run ran, say said, see saw, seek sought, sell sold, send sent, set set, sew sewed, shake shook, shed shed,
  shine shone, shoot shot, show showed, shrink shrank, shut shut, sing sang, sink sank, sit sat, sleep slept,
  slide slid, speak spoke, speed sped, spend spent, spin spun, split split, spread spread, spring sprang,
  stand stood, steal stole, stick stuck, sting stung, strike struck, sweep swept, swim swam, swing swung,
  take took, teach taught, tear tore, tell told, think thought, throw threw, understand understood, upset upset,
  wake woke, wear wore, weave wove, weep wept, win won, wind wound, wring wrung, write wrote`
    .split(',')
    .map((pair) => pair.trim().split(' ')),
) as Record<string, string>;

const IRREGULAR_PLURAL: Readonly<Record<string, string>> = {
  calf: 'calves',
  child: 'children',
  cactus: 'cactuses',
  deer: 'deer',
  fish: 'fish',
  foot: 'feet',
  fireman: 'firemen',
  goldfish: 'goldfish',
  goose: 'geese',
  knife: 'knives',
  leaf: 'leaves',
  loaf: 'loaves',
  mailman: 'mailmen',
  man: 'men',
  mouse: 'mice',
  person: 'people',
  policeman: 'policemen',
  potato: 'potatoes',
  scarf: 'scarves',
  sheep: 'sheep',
  shelf: 'shelves',
  snowman: 'snowmen',
  starfish: 'starfish',
  thief: 'thieves',
  tomato: 'tomatoes',
  tooth: 'teeth',
  wolf: 'wolves',
  woman: 'women',
};

/** Verbs of two syllables that are stressed on the second, so that their last consonant is doubled. */
const STRESSED_AT_THE_END = new Set(['admit', 'begin', 'forget', 'regret', 'upset']);

/** Vowel letters that are spoken with a consonant first ("a unicorn"), and the other way round ("an hour"). */
const SPOKEN_CONSONANT = /^(uni|use|usual|uku|one\b|eu)/;
const SPOKEN_VOWEL = /^(hour|honest|honor)/;

/** The stem before "-ed" and "-ing": "stop" → "stopp", "panic" → "panick". */
function withLastConsonant(verb: string): string {
  if (verb.endsWith('ic')) return `${verb}k`;
  const oneSyllable = (verb.replace(/^qu/, 'q').match(/[aeiouy]+/g) ?? []).length === 1;
  const doubles =
    /(^|[^aeiou]|qu)[aeiou][^aeiouwxy]$/.test(verb) && (oneSyllable || STRESSED_AT_THE_END.has(verb));
  return doubles ? verb + verb.slice(-1) : verb;
}

/** "jump" → "jumped", "stop" → "stopped", "cry" → "cried", "run" → "ran". */
export function pastTense(verb: string): string {
  const irregular = IRREGULAR_PAST[verb] as string | undefined;
  if (irregular !== undefined) return irregular;
  if (verb.endsWith('e')) return `${verb}d`;
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
  return `${withLastConsonant(verb)}ed`;
}

/** "jump" → "jumping", "make" → "making", "lie" → "lying", "run" → "running". */
export function gerund(verb: string): string {
  if (verb.endsWith('ie')) return `${verb.slice(0, -2)}ying`;
  if (/[^eoy]e$/.test(verb) && verb !== 'be') return `${verb.slice(0, -1)}ing`;
  return `${withLastConsonant(verb)}ing`;
}

/** "box" → "boxes", "berry" → "berries", "mouse" → "mice"; of several words the last is changed. */
export function pluralOf(noun: string): string {
  const space = noun.lastIndexOf(' ');
  if (space >= 0) return noun.slice(0, space + 1) + pluralOf(noun.slice(space + 1));
  const irregular = IRREGULAR_PLURAL[noun] as string | undefined;
  if (irregular !== undefined) return irregular;
  if (/(s|x|z|ch|sh)$/.test(noun)) return `${noun}es`;
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return `${noun}s`;
}

/** "ball" → "a ball", "old ball" → "an old ball". */
export function withArticle(phrase: string): string {
  const vowel = /^[aeiou]/i.test(phrase) ? !SPOKEN_CONSONANT.test(phrase) : SPOKEN_VOWEL.test(phrase);
  return `${vowel ? 'an' : 'a'} ${phrase}`;
}

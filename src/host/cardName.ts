// Graphics cards as the status bar calls them.

/** Characters: what stands beside it must stay in sight. */
const LONGEST = 24;

/**
 * 'NVIDIA GeForce RTX 3090' → 'RTX 3090', 'Intel(R) Arc(TM) A770 Graphics' → 'Arc A770': without maker, marks and what
 * makers add to every name; of several models that a number stands for the first. What is still long is cut in the middle.
 */
export function shortCardName(name: string): string {
  const short = name
    .replace(/\((?:R|TM|C)\)|[®™]/gi, ' ')
    .replace(/\(.*?\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    // A number in place of a name says nothing without its maker.
    .replace(/^(?:NVIDIA|AMD|Intel) (?!\w{4}:)/, '')
    .replace(/^GeForce (?=[A-Z])/, '')
    .replace(/[ -]\d+ ?GB\b/, '')
    .replace(/ GPU$/, '')
    .replace(/(\d\S*) Graphics$/, '$1')
    .replace(/ ?\/.*$/, '…')
    .trim();
  return cutInTheMiddle(
    /^(?:Graphics( Device)?)?$/.test(short) ? name.replace(/\((?:R|TM|C)\)/gi, '') : short,
  );
}

function cutInTheMiddle(text: string): string {
  if (text.length <= LONGEST) return text;
  const end = Math.floor((LONGEST - 1) / 2);
  return `${text.slice(0, LONGEST - 1 - end).trimEnd()}…${text.slice(-end).trimStart()}`;
}

// What makes words a sentence: the capital, lists of names, and the punctuation of direct speech.

/** The first letter of a sentence, which may stand after a quotation mark, in upper case. */
export function capitalised(sentence: string): string {
  return sentence.startsWith('"')
    ? `"${sentence.charAt(1).toUpperCase()}${sentence.slice(2)}`
    : sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}

/** "asked" for nothing but a question. */
function speechVerb(quote: string): string {
  return quote.endsWith('?') && !/[.!] /.test(quote) ? 'asked' : 'said';
}

/** `"Hello," said Tom.` The quote ends with its own mark; a full stop becomes a comma. */
export function speechBefore(quote: string, speaker: string, verb = speechVerb(quote)): string {
  return `"${capitalised(quote).replace(/\.$/, ',')}" ${verb} ${speaker}.`;
}

/** `Tom said, "Hello."` */
export function speechAfter(quote: string, speaker: string, verb = speechVerb(quote)): string {
  return capitalised(`${speaker} ${verb}, "${capitalised(quote)}"`);
}

// N-gram models of any tokens: losses that a network should beat, drawn as lines under its own.

export interface NgramLoss {
  /** Tokens of context; 0 is the frequency of each token alone. */
  order: number;
  /** Mean of -log P(token) over the held-out tokens, in nats. */
  loss: number;
}

/**
 * The losses of n-gram models on held-out tokens, with Witten & Bell's interpolation (1991): after a context that was
 * seen N times, with T different tokens behind it, P(token) = (count + T · P'(token)) / (N + T), where P' is the model
 * with a token of context less; below order 0 all tokens are equally likely. A context reaches back over ends of texts,
 * as far as the tokens go; the first tokens of the held-out ones have shorter ones.
 *
 * Takes a pass over both for each order up to the largest. Memory: 16 bytes a training token of a small grammar, 120
 * where nearly all contexts differ (measured).
 * @param train token ids below `vocabulary`
 * @param orders of each wanted model
 * @returns the losses in the order of `orders`; NaN where no tokens are held out
 */
export function ngramLosses(
  train: ArrayLike<number>,
  heldOut: ArrayLike<number>,
  vocabulary: number,
  orders: readonly number[],
): NgramLoss[] {
  const largest = orders.reduce((a, b) => Math.max(a, b), 0);
  const probabilities = new Float64Array(heldOut.length).fill(1 / vocabulary);
  // By position the number of the context before it; -1 where the text has not so many tokens, or none in training.
  const contexts = new Int32Array(train.length);
  const heldOutContexts = new Int32Array(heldOut.length);
  const losses = new Map<number, number>();
  for (let order = 0; order <= largest; order++) {
    if (order > 0) extendContexts(train, heldOut, vocabulary, order, contexts, heldOutContexts);
    addOrder(train, heldOut, vocabulary, contexts, heldOutContexts, probabilities);
    losses.set(order, probabilities.reduce((sum, value) => sum - Math.log(value), 0) / heldOut.length);
  }
  return orders.map((order) => ({ order, loss: losses.get(order)! }));
}

/** Numbers contexts of `order` tokens by the number of their last `order - 1` ones and the token before those. */
function extendContexts(
  train: ArrayLike<number>,
  heldOut: ArrayLike<number>,
  vocabulary: number,
  order: number,
  contexts: Int32Array,
  heldOutContexts: Int32Array,
): void {
  const numbers = new PairNumbers(vocabulary);
  contexts.fill(-1, 0, Math.min(order, train.length));
  for (let at = order; at < train.length; at++) contexts[at] = numbers.add(contexts[at], train[at - order]);
  heldOutContexts.fill(-1, 0, Math.min(order, heldOut.length));
  for (let at = order; at < heldOut.length; at++) {
    const shorter = heldOutContexts[at];
    heldOutContexts[at] = shorter < 0 ? -1 : numbers.find(shorter, heldOut[at - order]);
  }
}

/** Turns the probabilities of held-out tokens under the next lower order into those with these contexts. */
function addOrder(
  train: ArrayLike<number>,
  heldOut: ArrayLike<number>,
  vocabulary: number,
  contexts: Int32Array,
  heldOutContexts: Int32Array,
  probabilities: Float64Array,
): void {
  const pairs = new PairNumbers(vocabulary);
  const pairCounts: number[] = [];
  const contextCounts: number[] = [];
  const followers: number[] = [];
  for (let at = 0; at < train.length; at++) {
    const context = contexts[at];
    if (context < 0) continue;
    const known = pairs.size;
    const pair = pairs.add(context, train[at]);
    if (pair === known) followers[context] = (followers[context] ?? 0) + 1;
    pairCounts[pair] = (pairCounts[pair] ?? 0) + 1;
    contextCounts[context] = (contextCounts[context] ?? 0) + 1;
  }
  for (let at = 0; at < heldOut.length; at++) {
    const context = heldOutContexts[at];
    if (context < 0 || context >= contextCounts.length) continue;
    const pair = pairs.find(context, heldOut[at]);
    const count = pair < 0 ? 0 : pairCounts[pair];
    const different = followers[context];
    probabilities[at] = (count + different * probabilities[at]) / (contextCounts[context] + different);
  }
}

/** Numbers pairs of a number and a token 0, 1, …, in the order in which they come: a hash table with open places. */
class PairNumbers {
  size = 0;
  private keys = new Float64Array(1024).fill(-1);
  private numbers = new Int32Array(1024);

  constructor(private readonly vocabulary: number) {}

  /** The number of a pair, a new one if need be. */
  add(number: number, token: number): number {
    if (2 * this.size >= this.keys.length) this.grow();
    const key = number * this.vocabulary + token;
    const place = this.place(key);
    if (this.keys[place] !== key) {
      this.keys[place] = key;
      this.numbers[place] = this.size++;
    }
    return this.numbers[place];
  }

  /** The number of a pair, or -1. */
  find(number: number, token: number): number {
    const key = number * this.vocabulary + token;
    const place = this.place(key);
    return this.keys[place] === key ? this.numbers[place] : -1;
  }

  private place(key: number): number {
    const mask = this.keys.length - 1;
    const mixed = Math.imul((key | 0) ^ Math.imul((key / 4294967296) | 0, 0x85ebca6b), 0x9e3779b1);
    let place = (mixed ^ (mixed >>> 15)) & mask;
    while (this.keys[place] !== key && this.keys[place] !== -1) place = (place + 1) & mask;
    return place;
  }

  private grow(): void {
    const { keys, numbers } = this;
    this.keys = new Float64Array(2 * keys.length).fill(-1);
    this.numbers = new Int32Array(2 * keys.length);
    for (let old = 0; old < keys.length; old++) {
      if (keys[old] === -1) continue;
      const place = this.place(keys[old]);
      this.keys[place] = keys[old];
      this.numbers[place] = numbers[old];
    }
  }
}

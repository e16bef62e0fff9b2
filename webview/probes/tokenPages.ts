// The tokens of one cell of a confusion matrix, asked for page by page as they come into sight.
import type { ProbeToken } from '../../src/protocol/probes';
import type { ProbeCell, ToProbesView } from '../../src/protocol/probesView';

/** Tokens that are asked for at once. */
const PAGE = 200;

export class TokenPages {
  private readonly pages = new Map<number, readonly ProbeToken[]>();
  private readonly asked = new Set<number>();
  private known: number;

  /**
   * @param length what the matrix says
   * @param ask asks for tokens from number `first` on
   */
  constructor(
    readonly cell: ProbeCell,
    length: number,
    private readonly ask: (first: number, count: number) => void,
  ) {
    this.known = length;
  }

  get length(): number {
    return this.known;
  }

  /** The token of a number; undefined until its page is there, which is asked for. */
  at(index: number): ProbeToken | undefined {
    const first = index - (index % PAGE);
    const page = this.pages.get(first);
    if (!page && !this.asked.has(first)) {
      this.asked.add(first);
      this.ask(first, PAGE);
    }
    return page?.[index - first];
  }

  /** Takes an answer; false for one of another cell. */
  receive({ cell, first, total, tokens }: Extract<ToProbesView, { type: 'tokens' }>): boolean {
    const { probe, true: truth, read } = this.cell;
    if (cell.probe !== probe || cell.true !== truth || cell.read !== read) return false;
    this.pages.set(first, tokens);
    this.known = total;
    return true;
  }
}

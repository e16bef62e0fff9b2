// Questions for tiles as calls: a number goes out, the answer with the same number comes back.
import type { AttentionTile, TileQuestion } from '../../src/protocol/attention';

export interface TileAnswer {
  tile?: AttentionTile;
  failure?: string;
}

export class TileCalls {
  private next = 0;
  private readonly waiting = new Map<number, (answer: TileAnswer) => void>();

  constructor(private readonly post: (request: number, version: number, question: TileQuestion) => void) {}

  /** Asks, and calls back unless the number is forgotten before. */
  ask(version: number, question: TileQuestion, then: (answer: TileAnswer, request: number) => void): number {
    const request = this.next++;
    this.waiting.set(request, (answer) => then(answer, request));
    this.post(request, version, question);
    return request;
  }

  /** As a promise: undefined where there is no tile. */
  call(version: number, question: TileQuestion): Promise<AttentionTile | undefined> {
    return new Promise((resolve) => {
      this.ask(version, question, ({ tile }) => resolve(tile));
    });
  }

  receive(request: number, answer: TileAnswer): void {
    const then = this.waiting.get(request);
    this.waiting.delete(request);
    then?.(answer);
  }

  forget(requests: readonly number[]): void {
    for (const request of requests) this.waiting.delete(request);
  }
}

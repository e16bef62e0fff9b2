// A figure that was measured of a model, for its card.

export interface Figure {
  /** Stable, for scripts: 'accuracy_cut_0'. */
  id: string;
  /** For people: 'Generation accuracy, cut 0'. */
  name: string;
  value: number;
  /** The same of the data that the model learnt from, where that can be measured: what a perfect model reaches. */
  ofData?: number;
  unit: 'share' | 'nats per token' | 'bits per character' | 'words';
  /** How it was measured, in a sentence. */
  how: string;
}

export function inWords({ unit }: Pick<Figure, 'unit'>, value: number): string {
  switch (unit) {
    case 'share':
      return `${(100 * value).toFixed(1)} %`;
    case 'words':
      return value.toFixed(0);
    default:
      return `${value.toFixed(4)} ${unit}`;
  }
}

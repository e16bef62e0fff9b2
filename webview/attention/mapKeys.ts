// What the keys do on a map.

export type MapKey =
  | { does: 'cell'; right: number; down: number }
  | { does: 'pan'; right: number; down: number }
  | { does: 'zoom'; factor: number }
  | { does: 'whole' }
  | { does: 'choose' };

const arrows: Partial<Record<string, { right: number; down: number }>> = {
  ArrowLeft: { right: -1, down: 0 },
  ArrowRight: { right: 1, down: 0 },
  ArrowUp: { right: 0, down: -1 },
  ArrowDown: { right: 0, down: 1 },
};

/** What a key does; undefined for other keys. */
export function mapKey(key: string, shift: boolean): MapKey | undefined {
  const arrow = arrows[key];
  if (arrow) return { does: shift ? 'cell' : 'pan', ...arrow };
  if (key === '+' || key === '=') return { does: 'zoom', factor: 1.5 };
  if (key === '-') return { does: 'zoom', factor: 1 / 1.5 };
  if (key === '0') return { does: 'whole' };
  return key === 'Enter' || key === ' ' ? { does: 'choose' } : undefined;
}

// One graphics card, as far as the system knows it.

export interface GraphicsCard {
  name: string;
  vendor: 'nvidia' | 'amd' | 'intel' | 'apple' | 'other';
  /** Bytes: its own memory, or what it shares with the processor; null where the system does not say. */
  memory: number | null;
  driver: string | null;
  /** Of an NVIDIA card, 8.6 for the RTX 30 series; null where its driver does not say. */
  computeCapability: number | null;
}

export function vendorOf(text: string): GraphicsCard['vendor'] {
  if (/nvidia|geforce|quadro|tesla/i.test(text)) return 'nvidia';
  if (/\bamd\b|radeon|advanced micro devices/i.test(text)) return 'amd';
  if (/intel/i.test(text)) return 'intel';
  if (/apple/i.test(text)) return 'apple';
  return 'other';
}

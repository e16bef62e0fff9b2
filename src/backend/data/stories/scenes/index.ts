// All scenes of everyday life; one that stands twice comes twice as often.
import { FACTS } from './facts';
import { REASONING } from './reasoning';
import type { Scene } from './scene';
import { TRACKING } from './tracking';

export const SCENES: readonly Scene[] = [...FACTS, ...REASONING, ...TRACKING];

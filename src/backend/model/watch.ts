// Watching a run for NaN and infinity: which activation has them first.
import type { NamedTensors } from '../engine/executor';
import type { Tensor } from '../engine/graph/graph';
import { atMost, subtract, sumAll, where } from '../engine/operations';

const OUTPUT = 'watch ';

/** The name of the output that watches an activation. */
export function watchName(hook: string): string {
  return `${OUTPUT}${hook}`;
}

/** A scalar: 0, or NaN when the activation has NaN or infinity. */
export function watched(x: Tensor): Tensor {
  return sumAll(subtract(x, x));
}

/** The same, but −∞ is no fault: a mask or an intervention may mean it. */
export function watchedMasked(x: Tensor): Tensor {
  const { graph } = x;
  const largest = graph.scalar(3.4028234663852886e38);
  return sumAll(where(atMost(x, largest), graph.scalar(0), graph.scalar(NaN)));
}

/** The first activation in the order of the model that has NaN or infinity, from the outputs of a watched run. */
export function firstNotFinite(outputs: NamedTensors): string | undefined {
  for (const [name, { data }] of outputs) {
    if (name.startsWith(OUTPUT) && Number.isNaN(data[0])) return name.slice(OUTPUT.length);
  }
  return undefined;
}

// Where a value stands in pixels, on a linear or a logarithmic axis.

export type Interval = readonly [from: number, to: number];

export interface Scale {
  domain: Interval;
  /** Pixels of the domain's ends. */
  range: Interval;
  log: boolean;
  pixel(value: number): number;
  value(pixel: number): number;
}

/** Pixels beyond the start of the range where a logarithmic axis puts what has no logarithm. */
const BEYOND = 10_000;

/** Makes a scale; on a logarithmic one the domain is positive. */
export function makeScale(domain: Interval, range: Interval, log: boolean): Scale {
  const from = transform(domain[0], log);
  const span = transform(domain[1], log) - from || 1;
  const slope = (range[1] - range[0]) / span;
  const beyond = range[0] - Math.sign(slope) * BEYOND;
  return {
    domain,
    range,
    log,
    pixel: log
      ? (value) => (value <= 0 ? beyond : range[0] + (Math.log(value) - from) * slope)
      : (value) => range[0] + (value - from) * slope,
    value: (pixel) => restore(from + (pixel - range[0]) / slope, log),
  };
}

/** The domain widened on both sides by a share of its length. */
export function padded([from, to]: Interval, share: number, log: boolean): Interval {
  const [start, end] = [transform(from, log), transform(to, log)];
  // A single value gets room around it.
  const margin = end > start ? (end - start) * share : log ? 0.1 : Math.abs(end) * 0.1 || 1;
  return [restore(start - margin, log), restore(end + margin, log)];
}

/** The domain stretched around `at` by a factor (below 1: zoomed in). */
export function zoomed([from, to]: Interval, at: number, factor: number, log: boolean): Interval {
  const centre = transform(at, log);
  const move = (end: number): number => restore(centre + (transform(end, log) - centre) * factor, log);
  return [move(from), move(to)];
}

/** The domain moved by a share of its length. */
export function moved([from, to]: Interval, share: number, log: boolean): Interval {
  const by = (transform(to, log) - transform(from, log)) * share;
  return [restore(transform(from, log) + by, log), restore(transform(to, log) + by, log)];
}

/** The smallest part of the whole that can be zoomed to. */
const SMALLEST_PART = 1e-5;
/** From this share on, a part is the whole: the rest is rounding. */
const LARGEST_PART = 0.999;

/** The domain within the whole, moved inside rather than cut; undefined where it is all of it. */
export function within(domain: Interval, whole: Interval, log: boolean): Interval | undefined {
  const [first, last] = [transform(whole[0], log), transform(whole[1], log)];
  const [start, end] = [transform(domain[0], log), transform(domain[1], log)];
  const span = Math.max(end - start, (last - first) * SMALLEST_PART);
  if (!(span < (last - first) * LARGEST_PART)) return undefined;
  const from = Math.min(Math.max((start + end - span) / 2, first), last - span);
  return [restore(from, log), restore(from + span, log)];
}

function transform(value: number, log: boolean): number {
  return log ? Math.log(value) : value;
}

function restore(value: number, log: boolean): number {
  return log ? Math.exp(value) : value;
}

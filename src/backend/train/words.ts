// Amounts in words that a person takes in at a glance.

/** 1.3 M, 950 k, 300 */
export function shortCount(count: number): string {
  const [unit, scale] =
    count >= 1e9 ? [' G', 1e9] : count >= 1e6 ? [' M', 1e6] : count >= 1e3 ? [' k', 1e3] : ['', 1];
  return `${Number((count / scale).toPrecision(3))}${unit}`;
}

/** 40 s, 12 min, 3.5 h, 2 days */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Number((seconds / 3600).toPrecision(2))} h`;
  return `${Math.round(seconds / 86400)} days`;
}

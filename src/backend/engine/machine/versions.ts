/** Whether a version ('535.129.03') is the other one or a newer one. */
export function newerThan(version: string, other: string): boolean {
  const [own, others] = [version, other].map((each) => each.split('.').map(Number));
  for (const [index, least] of others.entries()) {
    const number = own[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}

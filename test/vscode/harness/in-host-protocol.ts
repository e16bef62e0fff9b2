// Shared by the two ends of an in-host run.

/** Printed by the runner inside the extension host before the first test. */
export const firstLine = 'In-host tests begin.';

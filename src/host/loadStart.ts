// Imported first: the time when loading began, for the promise about activation.
export const loadStart = performance.now();

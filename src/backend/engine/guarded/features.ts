// What a device has that no interface of the runtime tells: its programs, which a verbose log shows, say what they use.

/** The head of every program that ONNX Runtime writes for a device that has subgroups (WGSL, enable directives). */
const SUBGROUPS = /^enable subgroups;/m;

/** Features that the log of a start names; one that it does not name may be there all the same. */
export function featuresIn(words: string): string[] {
  return SUBGROUPS.test(words) ? ['subgroups'] : [];
}

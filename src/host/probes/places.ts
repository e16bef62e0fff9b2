// Where probes lie.
import { join } from 'node:path';

/** Ending of a probe's file; beside `results.json` they make a folder of probes. */
export const PROBE_ENDING = '.probe.safetensors';
/** Where a workspace folder keeps probes of models that lie in no folder of its own, such as sample models. */
export const PROBES_FOLDER = join('.subtext', 'probes');

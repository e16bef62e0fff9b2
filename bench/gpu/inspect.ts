// The way from a request to the neurons, for bench/gpu/run.mjs: `inspect.js ENGINE [quick]` prints its times as JSON.
import type { EngineName } from '../../src/protocol/types';
import { inspect } from '../inspect';

const [engine, quick] = process.argv.slice(2);

inspect({ engine: engine as EngineName, quick: quick === 'quick' }).then(
  (rows) => void process.stdout.write(`${JSON.stringify(rows)}\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);

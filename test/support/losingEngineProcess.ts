// The real process of a guarded engine, whose device is lost by itself: it says so with Dawn's words when it is asked for a
// run, and goes on to answer, as a process does that outlives its device.
import '../../src/backend/engine/guarded/process';
import type { Request } from '../../src/backend/engine/guarded/messages';

process.on('message', ({ name }: Request) => {
  if (name === 'run') process.stderr.write(`${process.argv[2]}\n`);
});

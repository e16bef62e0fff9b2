// What bench/gpu/run.mjs does, the most important first, each with the seconds that it may take at most.

/** One call of `subtext bench`. */
const bench = (engine, benchmark, size, seconds, precision = 'float32') => ({
  kind: 'bench',
  name: `${benchmark} ${size}${precision === 'float16' ? ', float16' : ''}`,
  engine,
  precision,
  benchmark,
  size,
  seconds,
});

/** The same in float16, where an engine has it. */
const half = (halves, engine, benchmark, size, seconds) =>
  halves.includes(engine) ? [bench(engine, benchmark, size, seconds, 'float16')] : [];

const inspection = (engine, seconds) => ({ kind: 'inspect', name: 'request to neurons', engine, seconds });

const suite = (engine, name, file, seconds) => ({ kind: 'suite', name, engine, file, seconds });

/**
 * The same for every engine; only the first one is compared with the peer before all else is measured.
 * @param halves engines that have float16
 */
export function sectionsOf(engines, { quick, withPeer, halves = [] }) {
  const [first, ...others] = engines;
  const peer = withPeer ? [{ kind: 'peer', name: 'PyTorch', seconds: quick ? 60 : 120 }] : [];
  if (quick) {
    return [
      bench(first, 'matmul', '256', 40),
      bench(first, 'train', 'tiny', 60),
      ...half(halves, first, 'train', 'tiny', 60),
      ...peer,
      bench(first, 'forward', 'tiny', 60),
      bench(first, 'host', '2 layers', 60),
      inspection(first, 120),
      suite(first, 'operations', 'test/unit/operations.js', 240),
    ];
  }
  return [
    bench(first, 'matmul', '256,512,1024,2048,4096', 40),
    ...['33M', 'B', 'A'].map((size) => bench(first, 'train', size, 45)),
    ...half(halves, first, 'matmul', '2048,4096', 30),
    ...half(halves, first, 'train', '33M', 45),
    ...peer,
    ...['33M', 'B', 'A'].map((size) => bench(first, 'forward', size, 30)),
    ...half(halves, first, 'forward', '33M', 30),
    bench(first, 'host', '2 layers,12 layers', 30),
    inspection(first, 60),
    suite(first, 'operations', 'test/unit/operations.js', 120),
    suite(first, 'operations on odd shapes', 'test/unit/operationShapes.js', 90),
    bench(first, 'generate', '33M', 40),
    bench(first, 'attention', 'A,B,33M,long', 40),
    ...others.flatMap((engine) => [
      bench(engine, 'matmul', '2048,4096', 30),
      ...['33M', 'B', 'A'].map((size) => bench(engine, 'train', size, 45)),
      ...half(halves, engine, 'matmul', '2048,4096', 30),
      ...half(halves, engine, 'train', '33M', 45),
      suite(engine, 'operations', 'test/unit/operations.js', 120),
    ]),
    suite(first, 'parity of forward passes', 'test/parity/transformers.js', 60),
    suite(first, 'parity of training', 'test/parity/training.js', 60),
    ...['tiny', '1M'].flatMap((size) => [bench(first, 'train', size, 40), bench(first, 'forward', size, 30)]),
  ];
}

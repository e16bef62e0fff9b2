// What bench/gpu/run.mjs does, the most important first, each with the seconds that it may take at most.

/** One call of `subtext bench`. */
const bench = (engine, benchmark, size, seconds) => ({
  kind: 'bench',
  name: `${benchmark} ${size}`,
  engine,
  benchmark,
  size,
  seconds,
});

const inspection = (engine, seconds) => ({ kind: 'inspect', name: 'request to neurons', engine, seconds });

const suite = (engine, name, file, seconds) => ({ kind: 'suite', name, engine, file, seconds });

/** The same for every engine; only the first one is compared with the peer before all else is measured. */
export function sectionsOf(engines, { quick, withPeer }) {
  const [first, ...others] = engines;
  const peer = withPeer ? [{ kind: 'peer', name: 'PyTorch', seconds: quick ? 60 : 120 }] : [];
  if (quick) {
    return [
      bench(first, 'matmul', '256', 40),
      bench(first, 'train', 'tiny', 60),
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
    ...peer,
    ...['33M', 'B', 'A'].map((size) => bench(first, 'forward', size, 30)),
    bench(first, 'host', '2 layers,12 layers', 30),
    inspection(first, 60),
    suite(first, 'operations', 'test/unit/operations.js', 120),
    suite(first, 'operations on odd shapes', 'test/unit/operationShapes.js', 90),
    bench(first, 'generate', '33M', 40),
    bench(first, 'attention', 'A,B,33M,long', 40),
    ...others.flatMap((engine) => [
      bench(engine, 'matmul', '2048,4096', 30),
      ...['33M', 'B', 'A'].map((size) => bench(engine, 'train', size, 45)),
      suite(engine, 'operations', 'test/unit/operations.js', 120),
    ]),
    suite(first, 'parity of forward passes', 'test/parity/transformers.js', 60),
    suite(first, 'parity of training', 'test/parity/training.js', 60),
    ...['tiny', '1M'].flatMap((size) => [bench(first, 'train', size, 40), bench(first, 'forward', size, 30)]),
  ];
}

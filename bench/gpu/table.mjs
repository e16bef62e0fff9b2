// What bench/gpu/run.mjs found, as Markdown.

/** Ours / PyTorch, eager and float32 on the same card (issue 7's promises). */
const PROMISED = [
  { name: 'train 33M', atLeast: 1 },
  { name: 'train B', atLeast: 1 },
  { name: 'train A', atLeast: 2 },
  { name: 'train 33M', precision: 'float16', atLeast: 2 },
  { name: 'matmul 2048', atLeast: 0.5 },
];

/** Milliseconds from a request to the neurons of a text of 300 tokens. */
const NEURONS = 100;

/** Megabytes on a card that others use too, below which a difference is no growth. */
const STEADY = 16;

const EMPTY = '–';

export function markdown(results) {
  return [
    '# Subtext on a graphics card',
    '',
    ...facts(results),
    '',
    '## Against PyTorch',
    '',
    ...comparison(results),
    '',
    '## Promises without a peer',
    '',
    ...alone(results),
    '',
    '## All that was measured',
    '',
    ...measured(results),
    '',
    '## Correctness',
    '',
    ...suites(results),
    '',
    '## Sections',
    '',
    ...table(
      ['section', 'engine', 's', 'how it ended'],
      results.sections.map(({ name, engine, seconds, problem }) => [
        name,
        engine ?? '',
        number(seconds),
        problem ?? 'done',
      ]),
    ),
    '',
  ].join('\n');
}

function facts({ started, quick, machine, devices }) {
  const { card, cores, processor, node, seconds } = machine;
  return [
    ...(quick ? ['**A trial of the script on tiny sizes: no figure here means anything.**', ''] : []),
    `${started}; ${card ?? 'no NVIDIA card'}; ${cores} × ${processor}; Node ${node}; ${number(seconds)} s in all.`,
    '',
    ...table(
      ['engine', 'usable', 'what', 'features', 'GB'],
      devices.map(({ engine, usable, adapter, reason, features, memory }) => [
        engine,
        usable ? 'yes' : 'no',
        (usable ? adapter : reason) ?? '',
        features.join(', '),
        memory === null ? '' : number(memory / 1e9),
      ]),
    ),
  ];
}

/** The speed of a row in tokens or, of products, in operations a second. */
function speed(row) {
  return row?.tokens_per_s ?? row?.gflops ?? null;
}

function comparison({ engines, rows, peer }) {
  const peers = (name, precision) => peer.find((each) => each.name === name && each.precision === precision);
  const known = new Set([...rows.map(nameOf), ...peer.map(({ name }) => name)]);
  const promised = PROMISED.map(({ name }) => name);
  const compared = [...new Set([...promised, ...known])].filter(
    (name) => promisedOf(name) || peer.some((each) => each.name === name),
  );
  const lines = compared.flatMap((name) =>
    engines.flatMap((engine) =>
      ['float32', 'float16'].flatMap((precision) => {
        const row = rows.find(
          (each) => nameOf(each) === name && each.engine === engine && each.precision === precision,
        );
        const promise = promisedOf(name, precision);
        if (!row && !promise) return [];
        const [ours, eager, autocast] = [
          speed(row),
          speed(peers(name, 'float32')),
          speed(peers(name, 'float16')),
        ];
        const ratio = ours !== null && eager !== null ? ours / eager : null;
        return [
          [
            name,
            engine,
            precision,
            number(ours),
            number(eager),
            number(autocast),
            number(ratio),
            promise ? `≥ ${promise.atLeast}` : '',
            promise && ratio !== null ? (ratio >= promise.atLeast ? 'kept' : '**missed**') : '',
          ],
        ];
      }),
    ),
  );
  const titles = [
    'what',
    'engine',
    'precision',
    'ours',
    'PyTorch fp32',
    'PyTorch fp16 autocast',
    'ours / fp32',
    'promised',
    '',
  ];
  return [
    'Tokens a second; of products and attention GFLOP/s and tokens a second.',
    '',
    ...table(titles, lines),
  ];
}

function promisedOf(name, precision) {
  return PROMISED.find(
    (each) => each.name === name && (precision === undefined || (each.precision ?? 'float32') === precision),
  );
}

function alone({ rows, inspections, precision = {} }) {
  const lines = [];
  for (const [engine, { tokens, largest, mean, loss }] of Object.entries(precision)) {
    lines.push([
      `float16 against float32, sample model, ${tokens} tokens: logits at most, on average; the loss`,
      engine,
      `${number(largest)}, ${number(mean)}; ${number(loss)} nats`,
      '',
      '',
    ]);
  }
  for (const { name, engine, median, min, max } of inspections) {
    const promised = /300 tokens: request to answer/.test(name);
    lines.push([
      name,
      engine,
      `${number(median)} ms (${number(min)} … ${number(max)})`,
      promised ? `≤ ${NEURONS} ms` : '',
      promised ? verdict(median <= NEURONS) : '',
    ]);
  }
  for (const row of rows) {
    const { microseconds, microseconds_allowed, nodes } = row.figures;
    if (microseconds === undefined) continue;
    lines.push([
      `${nameOf(row)}: time of a training step on hardly any numbers, ${nodes} nodes`,
      row.engine,
      `${number(microseconds)} µs`,
      `≤ ${number(microseconds_allowed)} µs`,
      verdict(microseconds <= microseconds_allowed),
    ]);
  }
  for (const row of rows) {
    const { card_megabytes_after_3: before, card_megabytes_at_end: after } = row.figures;
    if (before === undefined || after === undefined) continue;
    lines.push([
      `${nameOf(row)}: memory of the card after the third step and after ${row.runs} more`,
      row.engine,
      `${number(before)}, ${number(after)} MB`,
      'no growth',
      verdict(after - before < STEADY),
    ]);
  }
  return table(['what', 'engine', 'measured', 'promised', ''], lines);
}

function measured({ rows }) {
  return table(
    ['what', 'engine', 'precision', 'ms', 'best', 'tokens/s', 'GFLOP/s', 'of the peak', 'more'],
    rows.map((row) => [
      nameOf(row),
      row.engine,
      row.precision,
      number(row.ms),
      number(row.fastest_ms),
      number(row.tokens_per_s),
      number(row.gflops),
      row.share_of_peak === null ? EMPTY : `${number(100 * row.share_of_peak)}%`,
      row.problem ??
        Object.entries(row.figures)
          .map(([name, value]) => `${name.replaceAll('_', ' ')} ${number(value)}`)
          .join(', '),
    ]),
  );
}

function suites({ suites: all }) {
  return [
    ...table(
      ['suite', 'engine', 'passed', 'failed', 'skipped'],
      all.map(({ name, engine, passed, failed, skipped }) => [name, engine, passed, failed, skipped]),
    ),
    ...all.flatMap(({ engine, failures }) => failures.map((failure) => `- ${engine}: ${failure}`)),
  ];
}

function nameOf({ benchmark, size }) {
  return `${benchmark} ${size}`;
}

function verdict(kept) {
  return kept ? 'kept' : '**missed**';
}

/** Three digits, and none after the point from a hundred on. */
function number(value) {
  if (value === null || value === undefined) return EMPTY;
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function table(titles, lines) {
  if (lines.length === 0) return ['Nothing.'];
  const row = (cells) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [row(titles), row(titles.map(() => '---')), ...lines.map(row)];
}

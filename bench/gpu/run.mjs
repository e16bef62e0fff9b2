// Measures Subtext on a graphics card in one go, in less than eight minutes, and builds nothing: products, training, forward
// passes, generation, the way to the neurons, the time of the host, the suites of operations and of parity, and the same in
// PyTorch (peer.py) where there is a python3 with it. Every section is a process of its own with its own limit of time, and
// table.md and results.json are written anew after each: what was measured stays, whatever happens to the next.
//
// Packed, on a machine with an installed checkout and network:
//   bench/gpu/pack.sh subtext-gpu.tar.xz
// Unpacked and run, on a Linux x64 machine with nothing but the card's driver (no Node, no compiler, no network):
//   tar xJf subtext-gpu.tar.xz || python3 -c 'import tarfile; tarfile.open("subtext-gpu.tar.xz").extractall()'
//   cd subtext-gpu && bin/node run.mjs --out results
// Options: --out FOLDER (default $OUT, else results), --minutes N (default 7.5), --engines webgpu,cuda (default all that can
// be used, webgpu first), --python PROGRAM (default python3), --no-peer, --quick: tiny sizes, to try the script itself, as on
// a graphics card in software (VK_DRIVER_FILES names it).
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sectionsOf } from './sections.mjs';
import { markdown } from './table.mjs';
import { vulkanEnvironment } from './vulkan.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: process.env.OUT || 'results' },
    minutes: { type: 'string', default: '7.5' },
    engines: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    'no-peer': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const out = resolve(options.out);
const begin = performance.now();
const end = begin + Number(options.minutes) * 60_000;
/** Kept back for writing, and for a process that takes its time to die. */
const RESERVE = 5;
/** Seconds that an engine takes to start, at most. */
const START = 5;
/** A section that could not even start its engine in the time that is left is not begun. */
const LEAST = 10;

const environment = vulkanEnvironment();
const results = {
  started: new Date().toISOString(),
  quick: options.quick,
  machine: {
    card: card(),
    cores: cpus().length,
    processor: cpus()[0].model,
    node: process.versions.node,
    seconds: 0,
  },
  devices: [],
  /** Of the card, that are measured. */
  engines: [],
  rows: [],
  peer: [],
  inspections: [],
  /** What float16 changes in the answers of a sample model, by engine. */
  precision: {},
  suites: [],
  sections: [],
};
/** The fastest product of each engine in each precision, in GFLOP/s. */
const peaks = new Map();

function write() {
  results.machine.seconds = (performance.now() - begin) / 1000;
  const files = { 'results.json': JSON.stringify(results, null, 1), 'table.md': markdown(results) };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(out, `.${name}`), text);
    renameSync(join(out, `.${name}`), join(out, name));
  }
}

/** The card's name, memory and driver, as NVIDIA's tool says them. */
function card() {
  const query = '--query-gpu=name,memory.total,driver_version,clocks.max.sm,power.limit';
  const { status, stdout } = spawnSync('nvidia-smi', [query, '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return status === 0 ? stdout.trim() : null;
}

/**
 * Runs a program for so many seconds at most, and less where less is left.
 * @param onLine gets each line of its standard output as it comes
 * @returns what it wrote, and what went wrong
 */
function execute(program, given, seconds, { extra = {}, onLine } = {}) {
  const limit = Math.min(seconds, (end - performance.now()) / 1000 - RESERVE);
  if (limit < LEAST && limit < seconds) return { stdout: '', problem: 'no time was left' };
  return new Promise((done) => {
    // A group of its own, so that whatever it started ends with it.
    const child = spawn(program, given, {
      cwd: here,
      env: { ...environment, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let [stdout, stderr, rest, late] = ['', '', '', false];
    const kill = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(() => {
      late = true;
      kill();
    }, limit * 1000);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) onLine?.(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', (error) => (stderr += error.message));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      kill();
      if (stderr)
        appendFileSync(join(out, 'log.txt'), `--- ${program} ${given.join(' ')}\n${stderr.slice(-20_000)}\n`);
      const last = stderr.trim().split('\n').at(-1);
      const problem = late
        ? `stopped after ${Math.round(limit)} s`
        : code === 0
          ? undefined
          : `ended with ${code ?? signal}: ${last}`;
      done({ stdout, problem });
    });
  });
}

const node = (given, seconds, more) => execute(process.execPath, given, seconds, more);

const kinds = {
  async bench({ engine, precision, benchmark, size, seconds }) {
    // Its slowest size must not cost it the others: less for each than for the section.
    const each = String((seconds - START) / size.split(',').length);
    const measured = `${engine} ${precision}`;
    const peak = peaks.has(measured) ? ['--peak', String(peaks.get(measured))] : [];
    const given = ['bench', benchmark, '--engine', engine, '--size', size, '--seconds', each, '--json'];
    const { stdout, problem } = await node(
      ['dist/cli.js', ...given, '--precision', precision, ...peak],
      seconds,
    );
    if (problem) return problem;
    const [{ rows, peak_gflops, precision_error }] = JSON.parse(stdout).engines;
    peaks.set(measured, peak_gflops);
    results.rows.push(...rows);
    if (precision_error) results.precision[engine] = precision_error;
    return rows.find((row) => row.problem)?.problem;
  },
  async inspect({ engine, seconds }) {
    const given = ['test/bench/inspect.js', engine, ...(options.quick ? ['quick'] : [])];
    const { stdout, problem } = await node(given, seconds);
    if (problem) return problem;
    results.inspections.push(...JSON.parse(stdout).map((row) => ({ ...row, engine })));
    return undefined;
  },
  async suite({ name, engine, file, seconds }) {
    const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
    const onLine = (line) => {
      // A test, and no group of tests.
      const [, indent, not, title, directive] = /^( *)(not )?ok \d+ - (.*?)( # SKIP.*)?$/.exec(line) ?? [];
      if (indent === undefined) return;
      last = { not, title, directive };
    };
    let last;
    const finish = (line) => {
      if (/^ *type: 'suite'/.test(line)) last = undefined;
      if (/^ *\.\.\.$/.test(line) && last) {
        if (last.directive) counts.skipped++;
        else if (last.not) counts.failures.push(last.title) && counts.failed++;
        else counts.passed++;
        last = undefined;
      }
    };
    const { problem } = await node(['--test-reporter=tap', file], seconds, {
      // Of this machine's card, or the one that the environment names.
      extra: { SUBTEXT_TESTED_ENGINES: engine, SUBTEXT_TEST_GPU: '1' },
      onLine: (line) => {
        onLine(line);
        finish(line);
      },
    });
    if (counts.passed + counts.failed > 0) results.suites.push({ name, engine, ...counts });
    return counts.failed > 0 ? `${counts.failed} failed` : problem;
  },
  async peer({ seconds }) {
    const given = ['peer.py', 'sizes.json', ...(options.quick ? ['quick'] : [])];
    const { problem } = await execute(options.python, given, seconds, {
      onLine: (line) => {
        if (!line.startsWith('{')) return;
        results.peer.push(JSON.parse(line));
        write();
      },
    });
    return problem ?? results.peer.find((each) => each.problem)?.problem;
  },
};

/** Named, an engine also computes on what Subtext would not choose: a card that it does not know, or one in software. */
async function starts(engine) {
  const given =
    `bench forward --engine ${engine} --precision float32 --size tiny --peak 1 --seconds 1 --json`.split(' ');
  return !(await node(['dist/cli.js', ...given], 30)).problem;
}

mkdirSync(out, { recursive: true });
rmSync(join(out, 'log.txt'), { force: true });
const { stdout, problem } = await node(['dist/cli.js', 'devices', '--json'], 60);
results.devices = problem ? [] : JSON.parse(stdout);
results.sections.push({ name: 'devices', seconds: (performance.now() - begin) / 1000, problem });
const usable = [];
for (const name of ['webgpu', 'cuda']) {
  const listed = results.devices.some(({ engine, usable }) => engine === name && usable);
  if (listed || (name === 'webgpu' && (await starts(name)))) usable.push(name);
}
const engines = (results.engines = options.engines ? options.engines.split(',') : usable);
write();
if (engines.length === 0) {
  process.stderr.write(`No engine of a card can be used: ${join(out, 'table.md')} says why.\n`);
  process.exitCode = 1;
} else {
  const halves = results.devices
    .filter(({ features }) => features.includes('float16'))
    .map(({ engine }) => engine);
  const { quick, 'no-peer': alone } = options;
  for (const section of sectionsOf(engines, { quick, withPeer: !alone, halves })) {
    const start = performance.now();
    let problem;
    try {
      problem = await kinds[section.kind](section);
    } catch (error) {
      problem = String(error);
    }
    const seconds = (performance.now() - start) / 1000;
    results.sections.push({ name: section.name, engine: section.engine, seconds, problem });
    process.stderr.write(`${section.name}: ${problem ?? 'done'} (${seconds.toFixed(1)} s)\n`);
    write();
  }
}
process.stdout.write(readFileSync(join(out, 'table.md'), 'utf8'));

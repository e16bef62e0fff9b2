// `npm run bench -- NAME [--json]`: measures the built extension. Figures are medians; machines differ, so compare
// ratios within one run. What was found stands in NOTES.md.
import { inspect } from './inspect';
import type { Benchmark } from './measure';

const benchmarks: Record<string, Benchmark> = { inspect };

async function main(args: string[]): Promise<void> {
  const name = args.find((each) => !each.startsWith('--'));
  const benchmark = name === undefined ? undefined : benchmarks[name];
  if (!benchmark) {
    process.stderr.write(`Usage: npm run bench -- ${Object.keys(benchmarks).join(' | ')} [--json]\n`);
    process.exitCode = 2;
    return;
  }
  const rows = await benchmark();
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ rows })}\n`);
  else
    for (const { name: what, median, min, max } of rows) {
      process.stdout.write(
        `${what.padEnd(60)} ${median.toFixed(1)} ms  (${min.toFixed(1)} … ${max.toFixed(1)})\n`,
      );
    }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});

// A process that replaces a checkpoint with one of 5 MB and prints the error as JSON: for a test that lets it write less.
// Usage: node --import tsx test/support/writeLarge.ts FOLDER
import { writeCheckpoint } from '../../src/backend/checkpoint/writeCheckpoint';
import { SubtextError } from '../../src/backend/errors';
import { DRAWN_CONFIGURATIONS, draws } from './drawnConfigurations';
import { randomWeights } from './randomModel';

async function main(folder: string): Promise<void> {
  const configuration = { ...DRAWN_CONFIGURATIONS.gpt2(draws(2)), d_vocab: 100_000, tied: true };
  const error = await writeCheckpoint(folder, {
    configuration,
    weights: randomWeights(configuration, 2),
  }).catch((thrown: unknown) => thrown);
  process.stdout.write(
    JSON.stringify(error instanceof SubtextError ? { reason: error.reason, line: error.line } : null),
  );
}

void main(process.argv[2]);

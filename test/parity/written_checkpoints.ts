// Writes checkpoints of every family that transformers has, and what Subtext computes with them, for check_written.py.
// Usage: node --import tsx test/parity/written_checkpoints.ts FOLDER
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import { writeSafetensors } from '../../src/backend/checkpoint/safetensorsWriter';
import { writeCheckpoint } from '../../src/backend/checkpoint/writeCheckpoint';
import { startEngine } from '../../src/backend/engine/engines';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { DRAWN_CONFIGURATIONS, draws } from '../support/drawnConfigurations';
import { randomWeights } from '../support/randomModel';

const TOKENIZER = join(__dirname, '../fixtures/tokenizers/byte-level-bpe/tokenizer.json');
const TEXT = 'Once upon a time there was a naïve model; it wrote itself down, and was read.';
const OF_EACH = 6;

async function main(folder: string): Promise<void> {
  const tokenizerJson = await readFile(TOKENIZER, 'utf8');
  const { executor } = await startEngine('cpu', { threads: 1 });
  for (const [family, configurationOf] of Object.entries(DRAWN_CONFIGURATIONS)) {
    if (family === 'subtext') continue;
    for (let seed = 1; seed <= OF_EACH; seed++) {
      const configuration = { ...configurationOf(draws(seed)), d_vocab: 512, n_ctx: 64 };
      const path = join(folder, `${family}-${seed}`);
      const weights = randomWeights(configuration, seed);
      await writeCheckpoint(path, { configuration, weights, tokenizerJson, endOfText: 426 });
      const checkpoint = await openCheckpoint(path);
      const model = new LanguageModel(checkpoint, executor);
      const ids = checkpoint.tokenizer!.encode(TEXT).map(({ id }) => id);
      const found = await model.runWithCache([ids], ['logits']);
      const { shape, data } = found.get('logits')!;
      const tensors = new Map([
        ['ids', { shape: [ids.length], data: Int32Array.from(ids) }],
        ['logits', { shape: shape.slice(1), data: data as Float32Array }],
      ]);
      await writeSafetensors(`${path}.safetensors`, tensors, { text: TEXT });
      model.dispose();
    }
  }
}

void main(process.argv[2]);

// llama2.c checkpoints made here by hand: sound ones, ones that are not, and the tokenizers beside them.
import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint, readCheckpointHeader } from '../../src/backend/checkpoint/open';
import { SubtextError } from '../../src/backend/errors';
import { fails, randomNumbers, temporaryFolder } from './checkpointFiles';

/** dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, seq_len. */
type Header = [number, number, number, number, number, number, number];

const small: Header = [8, 12, 2, 4, 2, 5, 6];

/** How many numbers follow a header, part by part, as run.c walks them. */
function partLengths([dim, hidden, layers, heads, keyHeads, vocabulary, context]: Header): number[] {
  const head = dim / heads;
  const keys = keyHeads * head;
  const attention = [dim * heads * head, dim * keys, dim * keys, heads * head * dim];
  const perLayer = [dim, ...attention, dim, hidden * dim, hidden * dim, hidden * dim];
  const pieces = Math.abs(vocabulary);
  const tables = [(context * head) / 2, (context * head) / 2];
  const classifier = vocabulary < 0 ? [pieces * dim] : [];
  return [pieces * dim, ...perLayer.map((count) => layers * count), dim, ...tables, ...classifier];
}

/** A file whose numbers count upwards, so that each says where it came from. */
function countingFile(header: Header): Buffer {
  const total = partLengths(header).reduce((a, b) => a + b, 0);
  const numbers = Float32Array.from({ length: total }, (_, i) => i);
  return Buffer.concat([Buffer.from(Int32Array.from(header).buffer), Buffer.from(numbers.buffer)]);
}

function written(bytes: Uint8Array, name = 'model.bin'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

describe('a llama2.c file', () => {
  it('gives its configuration', async () => {
    const { format, architecture, configuration } = await readCheckpointHeader(written(countingFile(small)));
    assert.deepEqual([format, architecture], ['llama2.c', 'llama']);
    assert.deepEqual(configuration, {
      n_layers: 2,
      n_heads: 4,
      n_key_value_heads: 2,
      d_model: 8,
      d_head: 2,
      d_mlp: 12,
      d_vocab: 5,
      n_ctx: 6,
      position: 'rotary',
      rotary: { base: 10000, dimensions: 2, pairing: 'interleaved' },
      norm: 'rms',
      norm_epsilon: 1e-5,
      block: 'serial',
      activation: 'silu',
      gated: true,
      causal: true,
      windows: [null, null],
      attention_scale: 1 / Math.sqrt(2),
      tied: true,
      biases: { qkv: false, attention_out: false, mlp: false, unembed: false },
    });
  });

  it('gives every weight from its place, matrices turned to [in, out]', async () => {
    const { weights, notes } = await openCheckpoint(written(countingFile(small)));
    const starts = partLengths(small).reduce((all, length) => [...all, all.at(-1)! + length], [0]);
    const parts = [
      'ln1.w',
      'attn.W_Q',
      'attn.W_K',
      'attn.W_V',
      'attn.W_O',
      'ln2.w',
      'mlp.W_gate',
      'mlp.W_out',
    ];
    for (const [i, name] of [...parts, 'mlp.W_in'].entries()) {
      for (const layer of [0, 1]) {
        const { shape, data } = weights.get(`blocks.${layer}.${name}`)!;
        const first = starts[i + 1] + layer * data.length;
        const [rows, columns = 0] = shape;
        const place = (at: number) => (columns === 0 ? at : (at % columns) * rows + Math.floor(at / columns));
        assert.deepEqual(
          [...data],
          Array.from(data, (_, at) => first + place(at)),
          `${name} of ${layer}`,
        );
      }
    }
    assert.deepEqual(
      [...weights.get('embed.W_E')!.data],
      Array.from({ length: 40 }, (_, at) => at),
    );
    assert.equal(weights.get('ln_final.w')!.data[0], starts[10]);
    assert.ok(!weights.has('unembed.W_U'));
    assert.deepEqual(notes, [
      'ignored the tables of rotary cosines and sines',
      'no tokenizer beside the weights',
    ]);
  });

  it('with a negative vocabulary size has a head of its own at its end', async () => {
    const header: Header = [...small];
    header[5] = -5;
    const { configuration, weights } = await openCheckpoint(written(countingFile(header)));
    assert.equal(configuration.tied, false);
    assert.equal(configuration.d_vocab, 5);
    const { shape, data } = weights.get('unembed.W_U')!;
    assert.deepEqual(shape, [8, 5]);
    const first = partLengths(small).reduce((a, b) => a + b, 0);
    assert.deepEqual(
      [...data.subarray(0, 5)],
      [0, 1, 2, 3, 4].map((piece) => first + piece * 8),
    );
  });

  it('with numbers that are not finite says where', async () => {
    const bytes = countingFile(small);
    const secondNorm = 28 + 4 * (40 + 8);
    bytes.writeFloatLE(NaN, secondNorm);
    bytes.writeFloatLE(-Infinity, bytes.length - 4 * 12 - 4);
    const { notes } = await openCheckpoint(written(bytes));
    assert.ok(
      notes.includes('tensor rms_att_weight of layer 1 holds numbers that are not finite'),
      notes.join(),
    );
    assert.ok(notes.includes('tensor rms_final_weight holds numbers that are not finite'), notes.join());
  });
});

describe('a folder with llama2.c files', () => {
  it('that holds two models asks for one', async () => {
    const folder = temporaryFolder();
    for (const name of ['a.bin', 'b.bin']) writeFileSync(join(folder, name), countingFile(small));
    await fails(
      openCheckpoint(folder),
      'checkpoint-format',
      folder,
      'several checkpoints: a.bin, b.bin',
      'Name one',
    );
    assert.ok(await openCheckpoint(join(folder, 'b.bin')));
  });

  it('says of a model that it is cut, but prefers one that is whole', async () => {
    const folder = temporaryFolder();
    const cut = join(folder, 'cut.bin');
    writeFileSync(cut, countingFile(small).subarray(0, 1000));
    await fails(openCheckpoint(folder), 'checkpoint-format', cut, 'is cut short');
    writeFileSync(join(folder, 'whole.bin'), countingFile(small));
    assert.equal((await openCheckpoint(folder)).configuration.d_vocab, 5);
  });
});

describe('a llama2.c file that is not sound', () => {
  const headers: [string, Header, string][] = [
    ['no layers', [8, 12, 0, 4, 2, 5, 6], 'n_layers is 0'],
    ['negative layers', [8, 12, -1, 4, 2, 5, 6], 'n_layers is -1'],
    ['too many layers', [8, 12, 2 ** 31 - 1, 4, 2, 5, 6], 'n_layers is 2147483647'],
    ['no width', [0, 12, 2, 4, 2, 5, 6], 'dim is 0'],
    ['a width beyond all bounds', [2 ** 30, 12, 2, 4, 2, 5, 6], 'dim is 1073741824'],
    ['a negative MLP', [8, -12, 2, 4, 2, 5, 6], 'hidden_dim is -12'],
    ['no heads', [8, 12, 2, 0, 2, 5, 6], 'n_heads is 0'],
    ['heads that do not divide', [8, 12, 2, 3, 3, 5, 6], 'n_heads is 3, which does not divide dim, 8'],
    ['no heads of keys', [8, 12, 2, 4, 0, 5, 6], 'n_kv_heads is 0'],
    ['heads of keys that do not divide', [8, 12, 2, 4, 3, 5, 6], 'n_kv_heads is 3'],
    ['heads of odd width', [12, 12, 2, 4, 4, 5, 6], 'heads are 3 wide'],
    ['no vocabulary', [8, 12, 2, 4, 2, 0, 6], 'vocab_size is 0'],
    ['the lowest vocabulary', [8, 12, 2, 4, 2, -(2 ** 31), 6], 'vocab_size is 2147483648'],
    ['no context', [8, 12, 2, 4, 2, 5, 0], 'seq_len is 0'],
    ['a negative context', [8, 12, 2, 4, 2, 5, -6], 'seq_len is -6'],
  ];
  for (const [what, header, problem] of headers) {
    it(`whose header has ${what} is refused`, async () => {
      const path = written(Buffer.concat([Buffer.from(Int32Array.from(header).buffer), Buffer.alloc(4000)]));
      await fails(openCheckpoint(path), 'checkpoint-format', path, problem);
      await fails(readCheckpointHeader(path), 'checkpoint-format', path, problem);
    });
  }

  it('whose header promises the largest of everything is refused without asking for memory', async () => {
    const path = written(Buffer.from(Int32Array.of(2 ** 24, 2 ** 24, 4096, 2, 2, 2 ** 24, 2 ** 24).buffer));
    await fails(openCheckpoint(path), 'checkpoint-format', path, 'is cut short');
  });

  it('is refused at whatever byte it is cut, and when something follows', async () => {
    const whole = countingFile(small);
    for (const length of [1, 4, 27, 28, 29, 1000, whole.length - 4, whole.length - 1]) {
      const path = written(whole.subarray(0, length));
      await fails(openCheckpoint(path), 'checkpoint-format', path);
    }
    const longer = written(Buffer.concat([whole, Buffer.alloc(1)]));
    await fails(openCheckpoint(longer), 'checkpoint-format', longer, 'goes on after its last tensor');
    const empty = written(Buffer.alloc(0));
    await fails(openCheckpoint(empty), 'checkpoint-format', `${empty} is empty`);
  });

  it('is never worse than refused, whichever bits of its header are turned', async () => {
    const random = randomNumbers(7);
    const path = written(countingFile(small));
    for (let round = 0; round < 200; round++) {
      const bytes = countingFile(small);
      for (let flips = 1 + random(3); flips > 0; flips--) bytes[random(28)] ^= 1 << random(8);
      writeFileSync(path, bytes);
      try {
        await openCheckpoint(path);
      } catch (error) {
        assert.ok(error instanceof SubtextError, String(error));
        assert.ok(error.message.includes(path), error.message);
      }
    }
  });

  it('that is sparse and larger than memory is refused before it is read', async (context) => {
    const header: Header = [2 ** 14, 2, 1, 2, 2, 2 ** 24, 2];
    const bytes = 28 + 4 * partLengths(header).reduce((a, b) => a + b, 0);
    const path = written(Buffer.from(Int32Array.from(header).buffer));
    try {
      if (process.platform === 'win32') throw new Error('files are not sparse');
      truncateSync(path, bytes);
    } catch {
      context.skip('this system makes no sparse file of a terabyte');
      return;
    }
    await fails(openCheckpoint(path), 'checkpoint-tensors', path, /needs 1\d{3} GB of memory/);
  });
});

/** A tokenizer in llama2.c's format, of pieces that nothing depends on. */
function pieces(count: number, seed = 0): Buffer {
  const parts = [Buffer.from(Int32Array.of(3).buffer)];
  for (let piece = 0; piece < count; piece++) {
    const spelling = Buffer.from(String.fromCharCode(97 + ((piece + seed) % 26)));
    parts.push(Buffer.from(Float32Array.of(-piece).buffer), Buffer.from(Int32Array.of(1).buffer), spelling);
  }
  return Buffer.concat(parts);
}

describe('the tokenizer beside a llama2.c file', () => {
  const header: Header = [8, 12, 2, 4, 2, 300, 6];

  function folderWith(files: Record<string, Buffer>): string {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'model.bin'), countingFile(header));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return folder;
  }

  it('is known by its content, whatever its name', async () => {
    for (const path of ['', 'model.bin']) {
      const { tokenizer } = await openCheckpoint(join(folderWith({ 'a.bin': pieces(300) }), path));
      assert.equal(tokenizer?.vocabularySize, 300);
    }
  });

  it('must have as many pieces as the model embeds', async () => {
    const { tokenizer, notes } = await openCheckpoint(folderWith({ 'a.bin': pieces(299) }));
    assert.equal(tokenizer, undefined);
    assert.ok(notes.includes('a.bin has 299 pieces, not 300, and is not used'), notes.join());
  });

  it('must be only one, unless they are the same', async () => {
    const twins = folderWith({ 'a.bin': pieces(300), 'b.bin': pieces(300) });
    assert.ok((await openCheckpoint(twins)).tokenizer);
    const two = folderWith({ 'a.bin': pieces(300), 'b.bin': pieces(300, 1) });
    await fails(openCheckpoint(two), 'tokenizer', two, 'a.bin, b.bin');
  });
});

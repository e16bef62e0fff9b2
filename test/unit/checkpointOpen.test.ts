// Finding a checkpoint from a path, and what is said where there is none.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint, readCheckpointHeader } from '../../src/backend/checkpoint/open';
import { copyOf, fails, parityFolder, temporaryFolder } from './checkpointFiles';

describe('a checkpoint opens', () => {
  it('from its folder, its weights and its config.json alike, by relative path too', async () => {
    const folder = join(parityFolder, 'gpt2');
    const expected = await openCheckpoint(folder);
    for (const name of ['model.safetensors', 'config.json']) {
      const path = join(folder, name);
      const found = await openCheckpoint(relative(process.cwd(), path));
      assert.equal(found.path, path);
      assert.deepEqual(found.weights, expected.weights);
    }
  });

  it('from the index of its shards, and from any one of them', async () => {
    const folder = join(parityFolder, 'gpt2-f16-sharded');
    const { tensors } = await readCheckpointHeader(folder);
    for (const name of ['model.safetensors.index.json', 'config.json', 'model-00002-of-00003.safetensors']) {
      assert.deepEqual((await readCheckpointHeader(join(folder, name))).tensors, tensors, name);
    }
  });

  it('by its content where its name says nothing', async () => {
    const folder = copyOf('gpt2');
    renameSync(join(folder, 'model.safetensors'), join(folder, 'best'));
    assert.equal((await openCheckpoint(join(folder, 'best'))).architecture, 'gpt2');
  });

  it('with the tokenizer beside it', async () => {
    const folder = copyOf('gpt2');
    cpSync('test/fixtures/tokenizers/char/tokenizer.json', join(folder, 'tokenizer.json'));
    const { tokenizer, notes } = await openCheckpoint(folder);
    assert.ok(tokenizer);
    const more = `the tokenizer has ${tokenizer.vocabularySize} tokens, of which the model embeds only 61`;
    assert.deepEqual(notes, tokenizer.vocabularySize > 61 ? [more] : []);
  });
});

describe('a path that holds no checkpoint', () => {
  it('that does not exist is not found', async () => {
    const path = join(temporaryFolder(), 'nothing');
    await fails(openCheckpoint(path), 'not-found', `${path} does not exist`);
    await fails(readCheckpointHeader(path), 'not-found', path);
    await fails(openCheckpoint(join(parityFolder, 'gpt2/config.json/more')), 'not-found', 'does not exist');
    await fails(openCheckpoint(''), 'not-found', 'empty');
    await fails(openCheckpoint('a\0b'), 'file-access', 'a\\u0000b');
    await fails(openCheckpoint('n'.repeat(5000)), 'file-access', 'nnn');
  });

  it('that is an empty folder, or one of other things, says so', async () => {
    const folder = temporaryFolder();
    await fails(openCheckpoint(folder), 'checkpoint-format', `${folder} is an empty folder`, 'config.json');
    writeFileSync(join(folder, 'readme.txt'), 'hello');
    mkdirSync(join(folder, 'directory.bin'));
    await fails(openCheckpoint(folder), 'checkpoint-format', `${folder} holds no checkpoint`, 'config.json');
    const text = join(folder, 'readme.txt');
    await fails(openCheckpoint(text), 'checkpoint-format', `${text} is no checkpoint`);
  });

  it('that is an empty file says so', async () => {
    const folder = temporaryFolder();
    for (const name of ['model.safetensors', 'config.json', 'model.bin', 'model']) {
      const path = join(folder, name);
      writeFileSync(path, '');
      await fails(openCheckpoint(path), 'checkpoint-format', `${path} is empty`);
    }
  });

  it('that is a pipe is refused and not waited for', { skip: process.platform === 'win32' }, async () => {
    const pipe = join(temporaryFolder(), 'model.safetensors');
    execFileSync('mkfifo', [pipe]);
    await fails(openCheckpoint(pipe), 'file-access', `${pipe} is not a file`);
  });

  it('has a folder where a file should be', async () => {
    const folder = copyOf('gpt2');
    for (const name of ['model.safetensors', 'config.json']) {
      rmSync(join(folder, name));
      mkdirSync(join(folder, name));
      await fails(openCheckpoint(folder), 'file-access', `${join(folder, name)} is not a file`);
    }
  });

  it('has weights that are pickled says how to convert them', async () => {
    const folder = copyOf('gpt2');
    rmSync(join(folder, 'model.safetensors'));
    const pickle = join(folder, 'pytorch_model.bin');
    for (const start of ['PK\x03\x04', '\x80\x02']) {
      writeFileSync(pickle, Buffer.from(`${start}${'x'.repeat(100)}`, 'latin1'));
      await fails(openCheckpoint(folder), 'checkpoint-format', pickle, 'safetensors', 'save_pretrained');
      await fails(openCheckpoint(pickle), 'checkpoint-format', pickle, 'safetensors', 'save_pretrained');
    }
  });

  it('has a configuration and no weights, or weights and no configuration', async () => {
    const folder = copyOf('gpt2');
    const weights = join(folder, 'model.safetensors');
    const config = join(folder, 'config.json');
    renameSync(weights, join(folder, 'best.safetensors'));
    await fails(
      openCheckpoint(folder),
      'checkpoint-format',
      folder,
      'best.safetensors',
      'golden.safetensors',
    );
    rmSync(join(folder, 'golden.safetensors'));
    renameSync(join(folder, 'best.safetensors'), join(folder, 'x'));
    await fails(openCheckpoint(folder), 'checkpoint-format', folder, 'no model.safetensors');
    await fails(openCheckpoint(config), 'checkpoint-format', folder, 'no model.safetensors');
    renameSync(join(folder, 'x'), weights);
    rmSync(config);
    await fails(openCheckpoint(folder), 'checkpoint-format', folder, 'no config.json');
    await fails(openCheckpoint(weights), 'checkpoint-format', folder, 'no config.json');
  });

  it('has several asks for one', async () => {
    const folder = copyOf('gpt2-f16-sharded');
    cpSync(join(parityFolder, 'gpt2/model.safetensors'), join(folder, 'model.safetensors'));
    await fails(
      openCheckpoint(folder),
      'checkpoint-format',
      `${folder} holds several checkpoints: model.safetensors, model.safetensors.index.json`,
      'Name one',
    );
    assert.ok(await openCheckpoint(join(folder, 'model.safetensors.index.json')));
  });

  it('is of another kind says which', async () => {
    const folder = temporaryFolder();
    const gguf = join(folder, 'model.gguf');
    writeFileSync(gguf, `GGUF${'\0'.repeat(60)}`);
    await fails(openCheckpoint(gguf), 'checkpoint-format', `${gguf} is a GGUF file`);
    const json = join(folder, 'other.json');
    writeFileSync(json, '{"name": "something"}');
    await fails(openCheckpoint(json), 'checkpoint-format', json, 'neither a config.json nor an index');
    writeFileSync(json, '{"model_type": ');
    await fails(openCheckpoint(json), 'checkpoint-format', json, 'is not JSON');
  });
});

// Which models are open, each once however it was asked for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { LanguageModel } from '../../src/backend/model/languageModel';
import { OpenModels } from '../../src/backend/openModels';
import { isError } from '../support/errors';
import { randomModel } from '../support/randomModel';

/** Models in the order in which they were loaded, and those of them that were given back. */
class Loads {
  readonly models: LanguageModel[] = [];
  readonly givenBack: LanguageModel[] = [];

  readonly load = (): Promise<LanguageModel> => {
    const model = randomModel({}, new ReferenceExecutor());
    model.dispose = () => void this.givenBack.push(model);
    this.models.push(model);
    return Promise.resolve(model);
  };
}

describe('open models', () => {
  it('keep one of two that are loaded at once from one path, and give the other back', async () => {
    const { load, models, givenBack } = new Loads();
    const open = new OpenModels();
    const loadBeside = async () => {
      const model = await load();
      while (models.length < 2) await setImmediate();
      return model;
    };
    const [first, second] = await Promise.all([open.open('/a', loadBeside), open.open('/a', loadBeside)]);
    assert.equal(first, second);
    assert.equal([...open].length, 1);
    assert.deepEqual(givenBack, [models.find((model) => model !== open.get(first))]);
  });

  it('have the one that was asked for last as the current one, until it is closed', async () => {
    const { load, models } = new Loads();
    const open = new OpenModels();
    const [a, b] = [await open.open('/a', load), await open.open('/b', load)];
    assert.equal(open.current, b);
    assert.equal(await open.open('/a', load), a);
    assert.equal(open.current, a);
    assert.equal(models.length, 2, 'one that is open is not loaded again');
    open.close(a);
    assert.equal(open.current, b);
    assert.throws(() => open.get(a), isError('no-model', a));
  });

  it('are as before where one cannot be loaded', async () => {
    const open = new OpenModels();
    const a = await open.open('/a', new Loads().load);
    await assert.rejects(
      open.open('/b', () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(open.current, a);
    assert.equal([...open].length, 1);
  });
});

// Which Node.js the backend runs on.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseNode, hostFacts, type NodeFacts } from '../../src/host/backend/node';

function facts(changes: Partial<NodeFacts>, versions: Record<string, string> = {}): NodeFacts {
  return {
    configured: '',
    hostExecutable: '/host/node',
    hostIsElectron: false,
    hostVersion: '20.18.0',
    onPath: undefined,
    version: (command) => Promise.resolve(versions[command]),
    ...changes,
  };
}

describe('the Node.js of the backend', () => {
  it('is the one of the setting', async () => {
    const choice = await chooseNode(facts({ configured: '/opt/node' }, { '/opt/node': '22.1.0' }));
    assert.equal(choice.command, '/opt/node');
  });

  it('fails with a remedy where the setting cannot be used, rather than going on', async () => {
    const remedy = { reason: 'backend-unavailable', remedy: /nodePath/ };
    await assert.rejects(chooseNode(facts({ configured: 'node' })), remedy);
    await assert.rejects(chooseNode(facts({ configured: '/no/node' })), remedy);
    await assert.rejects(chooseNode(facts({ configured: '/old/node' }, { '/old/node': '18.0.0' })), {
      ...remedy,
      message: /18\.0\.0/,
    });
  });

  it("is the host's own where that is no Electron", async () => {
    assert.deepEqual((await chooseNode(facts({}))).environment, {});
    assert.equal((await chooseNode(facts({}))).command, '/host/node');
  });

  it('is the one on the PATH in Electron, if it is recent', async () => {
    const electron = { hostIsElectron: true, onPath: '/usr/bin/node' };
    const recent = await chooseNode(facts(electron, { '/usr/bin/node': '20.0.0' }));
    assert.equal(recent.command, '/usr/bin/node');
    const old = await chooseNode(facts(electron, { '/usr/bin/node': '18.20.0' }));
    assert.equal(old.command, '/host/node');
    assert.equal(old.environment.ELECTRON_RUN_AS_NODE, '1');
  });

  it('fails with a remedy where there is none', async () => {
    await assert.rejects(chooseNode(facts({ hostVersion: '18.0.0' })), {
      reason: 'backend-unavailable',
      remedy: /Install Node/,
    });
  });

  it('is found on this machine', async () => {
    const found = await hostFacts('');
    assert.equal(found.hostIsElectron, false);
    assert.equal(await found.version(process.execPath), process.versions.node);
    assert.equal(await found.version('/no/such/node'), undefined);
  });
});

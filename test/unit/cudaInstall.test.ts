// Installing the CUDA engine from servers of the test's own: the whole way, and whatever may come in between.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { checkCuda } from '../../src/backend/engine/cuda/check';
import { formFor, onnxruntimeForm, tensorflowForm } from '../../src/backend/engine/cuda/forms';
import { installCuda, planCuda, removeCuda } from '../../src/backend/engine/cuda/install';
import { runtimeVersion } from '../../src/backend/engine/cuda/runtime';
import {
  cudaFolder,
  ENGINES_VARIABLE,
  enginesFolder,
  installedCuda,
} from '../../src/backend/engine/cuda/storage';
import { planWords } from '../../src/backend/engine/cuda/words';
import { GuardedExecutor } from '../../src/backend/engine/guarded/executor';
import { tarOf, zipOf } from '../support/archives';
import { INSIDE, NUPKG, PROVIDER, serveNuget } from '../support/cudaServer';
import { isError } from '../support/errors';
import { FileServer } from '../support/fileServer';
import { machine, nvidia, toolsOf } from '../support/machines';

const root = mkdtempSync(join(tmpdir(), 'subtext-cuda-'));
const server = new FileServer();
before(() => server.start());
after(() => {
  server.stop();
  rmSync(root, { recursive: true, force: true });
});

const version = runtimeVersion();
const onnxruntime = onnxruntimeForm(version).downloads[0];

let engines: string;
let count = 0;
beforeEach(() => {
  engines = join(root, `engines-${++count}`);
  server.files.clear();
  server.asked.length = 0;
});

const recent = 'NVIDIA GeForce RTX 3090, 24576, 535.129.03, 8.6\n';
const old = 'NVIDIA GeForce RTX 2080, 8192, 470.256.02, 7.5\n';
const never = new AbortController().signal;

function planFor(printed: string, missing: string[] = []) {
  const hosts = { nuget: server.address, npm: server.address, google: server.address };
  const tools = toolsOf({ programs: { '/usr/bin/nvidia-smi': printed }, missing });
  return planCuda({ engines, tools, hosts, signal: never });
}

function serveTensorflow(): void {
  const [scripts, addon, library] = tensorflowForm('linux').downloads;
  const put = (url: string, bytes: Buffer) => server.put(new URL(url).pathname, bytes);
  put(scripts.url, tarOf([{ name: 'package/dist/nodejs_kernel_backend.js', data: Buffer.from('') }]));
  put(addon.url, tarOf([{ name: 'napi-v8/tfjs_binding.node', data: Buffer.from('addon') }]));
  put(
    library.url,
    tarOf([
      { name: './lib/libtensorflow.so', type: '2' },
      { name: './lib/libtensorflow.so.2.9.1', data: Buffer.from('tensorflow') },
      { name: './lib/libtensorflow_framework.so.2.9.1', data: Buffer.from('framework') },
    ]),
  );
}

function filesWithin(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

function filesIn(folder: string): string[] {
  return filesWithin(folder)
    .map((path) => basename(path))
    .sort();
}

describe('which form', () => {
  const form = (...cards: Parameters<typeof nvidia>[0][]) =>
    formFor(machine({ cards: cards.map(nvidia) }), version).name;
  it('follows from card, driver and system', () => {
    assert.equal(form({}), 'onnxruntime');
    assert.equal(form({ driver: '525.60.13' }), 'onnxruntime');
    assert.equal(form({ driver: '525.60.11' }), 'tensorflow');
    assert.equal(form({ computeCapability: 3.7 }), 'tensorflow');
    assert.equal(form({ computeCapability: null }), 'onnxruntime');
    const windows = formFor(machine({ platform: 'win32', vulkan: null }), version);
    assert.equal(windows.name, 'tensorflow');
    assert.match(windows.downloads[2].url, /libtensorflow-gpu-windows-x86_64-2\.9\.1\.zip$/);
  });

  it('is none without a card that CUDA knows', () => {
    assert.throws(
      () => formFor(machine({ cards: [] }), version),
      isError('engine-unavailable', 'No NVIDIA card'),
    );
  });

  it('is of exactly the version of the ONNX Runtime that computes here, as its package says', () => {
    const metadata = readFileSync(require.resolve('onnxruntime-node/script/install-metadata.js'), 'utf8');
    for (const part of ["'Microsoft.ML.OnnxRuntime.Gpu.Linux'", `${INSIDE}cuda.so`, `${INSIDE}shared.so`])
      assert.ok(metadata.includes(part), part);
    assert.ok(onnxruntime.url.endsWith(`microsoft.ml.onnxruntime.gpu.linux.${version}.nupkg`));
  });

  it("has TensorFlow's package with the hash that the lock file has", () => {
    const lock = readFileSync(join(__dirname, '../../package-lock.json'), 'utf8');
    const { packages } = JSON.parse(lock) as {
      packages: Record<string, { version: string; integrity: string }>;
    };
    const locked = packages['node_modules/@tensorflow/tfjs-node-gpu'];
    const [scripts] = tensorflowForm('linux').downloads;
    assert.equal(`sha512-${scripts.sha512}`, locked.integrity);
    assert.ok(scripts.url.includes(locked.version));
  });
});

describe('a plan', () => {
  it('says what is downloaded, from where, how much, where to, and what is missing', async () => {
    serveNuget(server, version);
    const plan = await planFor(recent, ['libcudnn.so.9']);
    assert.equal(plan.bytes, NUPKG.length);
    const [what, whence, where, missing] = planWords(plan);
    assert.equal(
      what,
      `ONNX Runtime ${version} for CUDA 12, for NVIDIA GeForce RTX 3090, 24 GB, driver 535.129.03`,
    );
    assert.equal(whence, `Downloads ${server.address}${new URL(onnxruntime.url).pathname} (less than 1 MB)`);
    assert.equal(where, `Installs into ${join(engines, 'cuda')}`);
    assert.match(
      missing,
      /^Not found here: libcudnn\.so\.9\. Install CUDA 12 and cuDNN 9, or add their folder to /,
    );
    assert.ok(!server.asked.some((each) => each.endsWith('.nupkg')), 'only asks');
    assert.ok(!existsSync(engines), 'writes nothing');
  });

  it('is none where the registry publishes no hash, or leads elsewhere', async () => {
    serveNuget(server, version, { packageHashAlgorithm: 'MD5' });
    await assert.rejects(planFor(recent), isError('download', "does not say the package's hash"));
    serveNuget(server, version);
    const { pathname: leaf } = new URL(onnxruntime.nugetLeaf!);
    server.put(leaf, { catalogEntry: 'http://example.invalid/entry.json' });
    await assert.rejects(planFor(recent), isError('download', "does not say the package's hash"));
  });

  it('is none where the server is not there', async () => {
    await assert.rejects(planFor(recent), isError('download', 'the server answers 404'));
  });
});

describe('an installation', () => {
  it('puts the provider beside a copy of the runtime, which then loads from there', async () => {
    serveNuget(server, version);
    const told: [number, string][] = [];
    await installCuda(await planFor(recent), (...each) => told.push(each), never);
    const folder = cudaFolder(engines);
    const binaries = join(folder, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64');
    assert.deepEqual(readFileSync(join(binaries, 'libonnxruntime_providers_cuda.so')), PROVIDER);
    assert.ok(existsSync(join(binaries, 'onnxruntime_binding.node')));
    assert.ok(!filesIn(folder).some((name) => name.includes('tensorrt')));
    assert.equal((await installedCuda(folder, version))?.title, `ONNX Runtime ${version} for CUDA 12`);
    assert.deepEqual(readdirSync(engines), ['cuda'], 'no archive is left');
    assert.deepEqual(told[0], [0, `Downloading ${onnxruntime.name}`]);
    assert.deepEqual(told.at(-1), [0.9, 'Unpacking']);
  });

  it('of TensorFlow has its three parts, and stand-ins for what its kernels import', async () => {
    serveTensorflow();
    const plan = await planFor(old);
    // The made-up package has not the real one's hash.
    delete plan.downloads[0].expected.sha512;
    await installCuda(plan, () => undefined, never);
    const folder = cudaFolder(engines);
    const { files } = (await installedCuda(folder, version))!;
    assert.deepEqual(Object.keys(files).sort(), [
      'deps/lib/libtensorflow.so.2',
      'deps/lib/libtensorflow_framework.so.2',
      'dist/nodejs_kernel_backend.js',
      'dist/proto/api_pb.js',
      'lib/napi-v8/tfjs_binding.node',
      'node_modules/@tensorflow/tfjs-core/index.js',
      'node_modules/@tensorflow/tfjs/index.js',
    ]);
    assert.equal(readFileSync(join(folder, 'deps/lib/libtensorflow.so.2'), 'utf8'), 'tensorflow');
  });

  it('takes nothing with another hash than was published', async () => {
    serveNuget(server, version, { packageHash: createHash('sha512').update('another').digest('base64') });
    await assert.rejects(
      installCuda(await planFor(recent), () => undefined, never),
      isError('download', 'SHA512'),
    );
    assert.ok(!existsSync(cudaFolder(engines)));
  });

  it('that was interrupted goes on with what has come', async () => {
    const file = serveNuget(server, version);
    const plan = await planFor(recent);
    file.cuts = [40_000, 10, 10, 10];
    await assert.rejects(
      installCuda(plan, () => undefined, never),
      isError('download', 'cut off'),
    );
    assert.ok(!existsSync(cudaFolder(engines)));
    const kept = filesWithin(engines).find((path) => path.endsWith('.part'))!;
    const bytes = statSync(kept).size;
    // What was under way when the connection ended may be lost.
    assert.ok(bytes > 0 && bytes <= 40_030, `${bytes} bytes were kept`);
    file.cuts = [];
    await installCuda(plan, () => undefined, never);
    assert.ok(server.asked.at(-1)!.endsWith(` bytes=${bytes}-`), server.asked.at(-1));
    assert.ok(await installedCuda(cudaFolder(engines), version));
  });

  it('that is cancelled while it downloads, or unpacks, leaves nothing', async () => {
    serveNuget(server, version);
    for (const at of ['Downloading', 'Unpacking']) {
      const abort = new AbortController();
      const plan = await planFor(recent);
      const stop = (_: number, doing: string) => doing.startsWith(at) && abort.abort();
      await assert.rejects(installCuda(plan, stop, abort.signal), isError('cancelled'));
      assert.deepEqual(filesIn(engines), [], at);
    }
  });

  it('that fails leaves the engine that was there as it was', async () => {
    const file = serveNuget(server, version);
    await installCuda(await planFor(recent), () => undefined, never);
    const before = filesIn(engines);
    file.data = zipOf([{ name: 'nothing', data: Buffer.from('x') }]);
    const plan = await planFor(recent);
    plan.downloads[0].expected = { size: file.data.length };
    await assert.rejects(
      installCuda(plan, () => undefined, never),
      isError('download', 'there is no'),
    );
    assert.deepEqual(filesIn(cudaFolder(engines)), before);
    assert.ok(await installedCuda(cudaFolder(engines), version));
  });

  it('is refused before it begins where the disk has not the space', async () => {
    serveNuget(server, version);
    const plan = { ...(await planFor(recent)), bytes: 1e15 };
    await assert.rejects(
      installCuda(plan, () => undefined, never),
      isError('file-access', 'free', '4,000,000,000 MB'),
    );
    assert.ok(!server.asked.some((each) => each.endsWith('.nupkg')));
  });

  it('does not replace a folder of somebody else', async () => {
    serveNuget(server, version);
    mkdirSync(cudaFolder(engines), { recursive: true });
    writeFileSync(join(cudaFolder(engines), 'thesis.txt'), 'mine');
    await assert.rejects(
      installCuda(await planFor(recent), () => undefined, never),
      isError('file-access', 'thesis.txt'),
    );
  });

  it('is one at a time, in this process and beside another', async () => {
    serveNuget(server, version);
    const plan = await planFor(recent);
    const both = await Promise.allSettled([1, 2].map(() => installCuda(plan, () => undefined, never)));
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const other = { pid: process.ppid, host: hostname(), since: Date.now() };
    writeFileSync(join(engines, '.lock'), JSON.stringify(other));
    await assert.rejects(
      installCuda(plan, () => undefined, never),
      isError('run', 'The folder of engines is in the hands of process'),
    );
  });

  it('can be removed, with all that tries left', async () => {
    const file = serveNuget(server, version);
    await installCuda(await planFor(recent), () => undefined, never);
    file.cuts = [10, 10, 10, 10];
    await assert.rejects(installCuda(await planFor(recent), () => undefined, never));
    assert.equal(await removeCuda(engines), true);
    assert.deepEqual(filesIn(engines), []);
    assert.equal(await removeCuda(engines), false);
  });
});

describe('what is installed', () => {
  it('is looked at before it is used', async () => {
    serveNuget(server, version);
    await installCuda(await planFor(recent), () => undefined, never);
    const folder = cudaFolder(engines);
    await assert.rejects(
      installedCuda(folder, '9.9.9'),
      isError('engine-unavailable', `is for ONNX Runtime ${version}`),
    );
    const library = join(
      folder,
      'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so',
    );
    writeFileSync(library, 'short');
    await assert.rejects(
      installedCuda(folder, version),
      isError('engine-unavailable', 'is damaged', 'providers_cuda'),
    );
    writeFileSync(join(folder, 'subtext-engine.json'), '{"files":');
    await assert.rejects(installedCuda(folder, version), isError('engine-unavailable', 'is damaged'));
    assert.equal(await installedCuda(join(engines, 'nothing'), version), undefined);
  });

  it('lies where the host says, else where programs of the system keep their data', () => {
    assert.equal(enginesFolder({ [ENGINES_VARIABLE]: '/given' }, 'linux', '/home/a'), '/given');
    assert.equal(enginesFolder({}, 'linux', '/home/a'), '/home/a/.local/share/subtext/engines');
    assert.equal(enginesFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a'), '/data/subtext/engines');
    assert.equal(
      enginesFolder({}, 'darwin', '/Users/a'),
      '/Users/a/Library/Application Support/subtext/engines',
    );
  });
});

describe('the check at the end', { skip: process.platform !== 'linux' || process.arch !== 'x64' }, () => {
  before(async () => {
    engines = join(root, 'checked');
    serveNuget(server, version);
    await installCuda(await planFor(recent), () => undefined, never);
    process.env[ENGINES_VARIABLE] = engines;
  });
  after(() => (process.env[ENGINES_VARIABLE] = ''));

  it('says what is wrong with this machine, or with what was installed', async () => {
    const { usable, reason } = await checkCuda();
    assert.equal(usable, false);
    assert.match(reason!, /No NVIDIA card|cannot be loaded|does not start/);
  });

  it('starts the engine in a process of its own, whose libraries are named where they are missing', async () => {
    await assert.rejects(
      GuardedExecutor.start({ engine: 'cuda', threads: 0 }),
      isError('engine-unavailable', existsSync('/usr/local/cuda') ? 'does not start' : 'libcublasLt.so.12'),
    );
  });

  it('never writes beside the runtime that comes with Subtext', () => {
    const own = join(require.resolve('onnxruntime-node/package.json'), '../bin/napi-v6/linux/x64');
    assert.ok(!readdirSync(own).some((name) => name.includes('providers')));
    assert.ok(statSync(join(own, 'libonnxruntime.so.1')).size > 1e6);
  });
});

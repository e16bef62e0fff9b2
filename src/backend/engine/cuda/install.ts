// Installing the `cuda` engine: says what it would fetch, fetches it, and puts it in its place whole or not at all.
import { cp, mkdir, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { CancelledError, SubtextError } from '../../errors';
import { fileError } from '../../files';
import { replaceFolder } from '../../replace';
import { takeLock } from '../../run/lock';
import { describeMachine } from '../machine/cards';
import { SYSTEM_TOOLS, type MachineTools } from '../machine/tools';
import { extract } from './archive';
import { askExpected, discard, download, fetchJson, type Expected } from './download';
import { cudaDevice, formFor, usualHosts, type Download, type Hosts } from './forms';
import { onnxruntimeModule, runtimeVersion } from './runtime';
import { cudaFolder, enginesFolder, RECORD, type InstalledEngine } from './storage';
import { writeTensorflowStandIns } from './tensorflow';
import { megabytes, type CudaPlan } from './words';

export interface InstallOptions {
  /** Folder of installed engines. */
  engines?: string;
  tools?: MachineTools;
  hosts?: Hosts;
  signal: AbortSignal;
}

/** What stands at the top of an engine's folder; with anything else in it, it is somebody's. */
const OWN = ['node_modules', 'dist', 'lib', 'deps', RECORD];
/** Unpacked libraries take about three times what is downloaded; the archives lie beside them meanwhile. */
const DISK_FACTOR = 4;

/**
 * What an installation would do; only asks.
 * @throws SubtextError `engine-unavailable` where no form fits this machine; `download` where a server does not answer;
 * `cancelled`
 */
export async function planCuda({
  engines = enginesFolder(),
  tools = SYSTEM_TOOLS,
  hosts = usualHosts(),
  signal,
}: InstallOptions): Promise<CudaPlan> {
  const machine = await describeMachine(tools);
  const form = formFor(machine, runtimeVersion(), hosts);
  const [downloads, unloadable] = await Promise.all([
    Promise.all(
      form.downloads.map(async (each) => ({ download: each, expected: await expectedOf(each, signal) })),
    ),
    tools.unloadable(form.libraries),
  ]);
  const sizes = downloads.map(({ expected }) => expected.size);
  const bytes = sizes.reduce<number | null>(
    (sum, size) => (sum === null || size === null ? null : sum + size),
    0,
  );
  const missing = form.libraries.filter((library) => unloadable.has(library));
  return { form, device: cudaDevice(machine), folder: cudaFolder(engines), downloads, bytes, missing };
}

async function expectedOf({ url, sha512, nugetLeaf }: Download, signal: AbortSignal): Promise<Expected> {
  if (nugetLeaf !== undefined) return nugetExpected(nugetLeaf, signal);
  return { ...(await askExpected(url, signal)), ...(sha512 !== undefined && { sha512 }) };
}

/** The leaf of a package names its entry in the catalogue, which has the hash and the size. */
async function nugetExpected(leaf: string, signal: AbortSignal): Promise<Expected> {
  const { catalogEntry } = await fetchJson(leaf, signal);
  const known = typeof catalogEntry === 'string' && new URL(catalogEntry).origin === new URL(leaf).origin;
  const entry = known ? await fetchJson(catalogEntry, signal) : {};
  const { packageHash: hash, packageHashAlgorithm: algorithm, packageSize: size } = entry;
  if (typeof hash === 'string' && algorithm === 'SHA512' && typeof size === 'number')
    return { size, sha512: hash };
  throw new SubtextError('download', `${leaf} does not say the package's hash and size`, 'Try again later.');
}

/**
 * Downloads and installs; an engine that was there before is replaced at the end.
 * @param progress gets what is done, 0…1, and in words
 * @throws SubtextError `download`, with what has come kept for the next try; `cancelled`, with nothing kept;
 * `file-access`, also where the disk has no space; `run` while another process installs
 */
export async function installCuda(
  plan: CudaPlan,
  progress: (share: number, doing: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { form, folder, downloads } = plan;
  const engines = dirname(folder);
  const cache = join(engines, '.downloads');
  await mkdir(cache, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, cache, 'write');
  });
  const release = takeFolder(engines);
  const archives = downloads.map(({ download: { name } }) => join(cache, name));
  try {
    await checkSpace(plan, cache);
    let before = 0;
    for (const [
      index,
      {
        download: { url },
        expected,
      },
    ] of downloads.entries()) {
      const doing = `Downloading ${downloads[index].download.name}`;
      const share = (bytes: number) =>
        plan.bytes === null ? index / downloads.length : (before + bytes) / plan.bytes;
      // Unpacking takes the last tenth.
      const tell = (bytes: number) => progress(0.9 * share(bytes), doing);
      tell(0);
      await download(url, archives[index], expected, tell, signal);
      before += expected.size ?? 0;
    }
    progress(0.9, 'Unpacking');
    await replaceFolder(folder, OWN, async (temporary) => {
      for (const [
        index,
        {
          download: { files },
        },
      ] of downloads.entries()) {
        await extract({ archive: archives[index], wanted: files, folder: temporary, signal });
      }
      if (form.name === 'onnxruntime') await copyRuntime(temporary);
      else await writeTensorflowStandIns(temporary);
      if (signal.aborted) throw new CancelledError();
      const record: InstalledEngine = {
        form: form.name,
        title: form.title,
        version: form.version,
        files: await sizesIn(temporary),
      };
      await writeFile(join(temporary, RECORD), JSON.stringify(record, undefined, 2));
    });
    await rm(cache, { recursive: true, force: true });
  } catch (error) {
    if (signal.aborted) for (const archive of archives) await discard(archive);
    throw signal.aborted ? new CancelledError() : error;
  } finally {
    release();
  }
}

/** Removes the installed engine and what tries to install it left. @returns whether there was any */
export async function removeCuda(engines = enginesFolder()): Promise<boolean> {
  const folder = cudaFolder(engines);
  const there = await stat(folder).catch(() => undefined);
  const all = [folder, `${folder}.subtext-tmp`, `${folder}.subtext-old`, join(engines, '.downloads')];
  for (const each of all) {
    await rm(each, { recursive: true, force: true }).catch((error: unknown) => {
      throw fileError(error, each, 'write');
    });
  }
  return there !== undefined;
}

const installing = new Set<string>();

/** @returns gives it back @throws SubtextError `run` while it is installed into by this or another process */
function takeFolder(engines: string): () => void {
  // The lock tells processes apart, not two calls in one.
  if (installing.has(engines)) {
    throw new SubtextError('run', `${engines} is being installed into already`, 'Wait for it, or cancel it.');
  }
  const release = takeLock(join(engines, '.lock'), 'The folder of engines');
  installing.add(engines);
  return () => {
    installing.delete(engines);
    release();
  };
}

/** @throws SubtextError `file-access` where the disk has not the space, as far as is known */
async function checkSpace({ bytes, folder }: CudaPlan, cache: string): Promise<void> {
  if (bytes === null) return;
  const { bavail, bsize } = await statfs(cache);
  const needed = DISK_FACTOR * bytes;
  if (bavail * bsize >= needed) return;
  throw new SubtextError(
    'file-access',
    `${dirname(folder)} has ${megabytes(bavail * bsize)} free, and the CUDA engine takes up to ${megabytes(needed)}`,
    'Free some space, or install it elsewhere (--into).',
  );
}

/**
 * Copies the runtime beside its provider, which it looks for beside its own library. Never the other way round: the folder
 * of an installed extension is not to be written to.
 */
async function copyRuntime(into: string): Promise<void> {
  const modules = join(into, 'node_modules');
  const runtime = dirname(onnxruntimeModule('package.json'));
  const own = join('bin/napi-v6', process.platform, process.arch);
  await cp(join(runtime, own), join(modules, 'onnxruntime-node', own), { recursive: true });
  const common = dirname(createRequire(join(runtime, 'package.json')).resolve('onnxruntime-common'));
  for (const [from, to] of [
    [join(runtime, 'package.json'), 'onnxruntime-node/package.json'],
    [join(runtime, 'dist'), 'onnxruntime-node/dist'],
    [common, 'onnxruntime-common/dist/cjs'],
    [join(common, '../../package.json'), 'onnxruntime-common/package.json'],
  ]) {
    await cp(from, join(modules, to), { recursive: true, filter: (path) => !/\.(map|d\.ts)$/.test(path) });
  }
}

/** Bytes of each file below a folder, by its path there. */
async function sizesIn(folder: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name));
    if (found.isFile()) sizes[name.split(sep).join('/')] = found.size;
  }
  return sizes;
}

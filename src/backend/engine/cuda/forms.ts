// The two forms in which CUDA can be had, where they are downloaded from, and which of them fits a machine.
import { CUDA_12_DRIVER, cudaHindrance, nvidiaCard } from '../machine/reasons';
import type { GraphicsCard } from '../machine/card';
import { cardName, type Machine } from '../machine/cards';
import { newerThan } from '../machine/versions';
import type { WantedFile } from './extraction';

export type FormName = 'onnxruntime' | 'tensorflow';

export interface Download {
  /** File name of the archive. */
  name: string;
  url: string;
  /** SHA-512 in base64, where it is known from the start. */
  sha512?: string;
  /** The registry's leaf for the package, which leads to its hash and size (https://learn.microsoft.com/nuget/api/). */
  nugetLeaf?: string;
  files: WantedFile[];
}

export interface CudaForm {
  name: FormName;
  /** For people. */
  title: string;
  version: string;
  downloads: Download[];
  /** Of CUDA and cuDNN, which are not downloaded: NVIDIA's licence wants them installed by the person. */
  libraries: string[];
  /** What these come with. */
  toolkit: string;
}

/** Whence. */
export interface Hosts {
  nuget: string;
  npm: string;
  google: string;
}

/** Names a server that has the same files under the same paths, where the usual ones cannot be reached. */
export const MIRROR_VARIABLE = 'SUBTEXT_ENGINE_MIRROR';

export function usualHosts(environment: Readonly<Record<string, string | undefined>> = process.env): Hosts {
  const mirror = environment[MIRROR_VARIABLE]?.replace(/\/+$/, '');
  return {
    nuget: mirror ?? 'https://api.nuget.org',
    npm: mirror ?? 'https://registry.npmjs.org',
    google: mirror ?? 'https://storage.googleapis.com',
  };
}

/** Oldest cards that a form has kernels for. */
const CUDA_12_CAPABILITY = 5.2;

/**
 * The form for a machine.
 * @param runtime version of the ONNX Runtime that this Subtext has: its provider must be of exactly that version
 * @throws SubtextError `engine-unavailable` where none fits: why, and what would help
 */
export function formFor(machine: Machine, runtime: string, hosts = usualHosts()): CudaForm {
  const hindrance = cudaHindrance(machine);
  if (hindrance) throw hindrance;
  const card = nvidiaCard(machine)!;
  return takesCuda12(machine, card)
    ? onnxruntimeForm(runtime, hosts)
    : tensorflowForm(machine.platform, hosts);
}

/** Where CUDA would compute: 'NVIDIA GeForce RTX 3090, 24 GB, driver 535.129.03'. */
export function cudaDevice(machine: Machine): string {
  const card = nvidiaCard(machine);
  return card ? `${cardName(card)}, driver ${card.driver}` : 'no NVIDIA card';
}

/** ONNX Runtime's provider is there for Linux alone. */
function takesCuda12({ platform }: Machine, { driver, computeCapability }: GraphicsCard): boolean {
  const recent = newerThan(driver!, CUDA_12_DRIVER);
  return platform === 'linux' && recent && (computeCapability ?? CUDA_12_CAPABILITY) >= CUDA_12_CAPABILITY;
}

/** As in `script/install-metadata.js` of onnxruntime-node. */
export function onnxruntimeForm(version: string, { nuget }: Hosts = usualHosts()): CudaForm {
  const id = 'microsoft.ml.onnxruntime.gpu.linux';
  const name = `${id}.${version}.nupkg`;
  const inside = 'runtimes/linux-x64/native/';
  const library = (which: string): WantedFile => ({
    from: new RegExp(`^${inside}libonnxruntime_providers_${which}\\.so$`),
    to: `node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_${which}.so`,
  });
  return {
    name: 'onnxruntime',
    title: `ONNX Runtime ${version} for CUDA 12`,
    version,
    downloads: [
      {
        name,
        url: `${nuget}/v3-flatcontainer/${id}/${version}/${name}`,
        nugetLeaf: `${nuget}/v3/registration5-semver1/${id}/${version}.json`,
        files: [library('cuda'), library('shared')],
      },
    ],
    libraries: [
      'libcudart.so.12',
      'libcublasLt.so.12',
      'libcublas.so.12',
      'libcufft.so.11',
      'libcurand.so.10',
      'libcudnn.so.9',
    ],
    toolkit: 'CUDA 12 and cuDNN 9',
  };
}

const TENSORFLOW = '4.22.0';
const LIBTENSORFLOW = '2.9.1';

/** As in `scripts/install.js` of @tensorflow/tfjs-node-gpu; its addon finds the library at `../../deps/lib`. */
export function tensorflowForm(platform: NodeJS.Platform, { npm, google }: Hosts = usualHosts()): CudaForm {
  const windows = platform === 'win32';
  const system = windows ? 'windows' : 'linux';
  const ending = windows ? 'zip' : 'tar.gz';
  const library = `libtensorflow-gpu-${system}-x86_64-${LIBTENSORFLOW}.${ending}`;
  const addon = `GPU-${system}-${TENSORFLOW}.${ending}`;
  const shared = (which: string): WantedFile => ({
    from: new RegExp(`^lib/lib${which}\\.so\\.${LIBTENSORFLOW.replaceAll('.', '\\.')}$`),
    // The name that the addon asks for; in the archive it is a link.
    to: `deps/lib/lib${which}.so.2`,
  });
  return {
    name: 'tensorflow',
    title: `TensorFlow ${LIBTENSORFLOW} for CUDA 11`,
    version: TENSORFLOW,
    downloads: [
      {
        name: `tfjs-node-gpu-${TENSORFLOW}.tgz`,
        url: `${npm}/@tensorflow/tfjs-node-gpu/-/tfjs-node-gpu-${TENSORFLOW}.tgz`,
        sha512: 'p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
        files: [{ from: /^package\/dist\/((?!proto\/)(?:\w+\/)?\w+\.js)$/, to: 'dist/$1' }],
      },
      {
        name: addon,
        url: `${google}/tf-builds/pre-built-binary/napi-v8/${TENSORFLOW}/${addon}`,
        files: [{ from: /^napi-v8\/tfjs_binding\.node$/, to: 'lib/napi-v8/tfjs_binding.node' }],
      },
      {
        name: library,
        url: `${google}/tensorflow/libtensorflow/${library}`,
        files: windows
          ? [{ from: /^(?:lib\/)?tensorflow\.dll$/, to: 'lib/napi-v8/tensorflow.dll' }]
          : [shared('tensorflow'), shared('tensorflow_framework')],
      },
    ],
    libraries: windows
      ? ['cudart64_110.dll', 'cublas64_11.dll', 'cublasLt64_11.dll', 'cudnn64_8.dll']
      : ['libcudart.so.11.0', 'libcublas.so.11', 'libcublasLt.so.11', 'libcudnn.so.8'],
    toolkit: 'CUDA 11 and cuDNN 8',
  };
}

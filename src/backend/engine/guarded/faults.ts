// What a device's complaints mean: the words of Dawn and of drivers, as named errors.
import { type ErrorReason, SubtextError } from '../../errors';
import type { EngineName } from '../../../protocol/types';

interface Fault {
  words: RegExp;
  reason: ErrorReason;
  message: string;
  remedy: string;
}

/** The first that fits counts: what comes of a failed allocation is told after it. */
const FAULTS: readonly Fault[] = [
  {
    words: /device (?:was )?lost|DEVICE_LOST/i,
    reason: 'device-lost',
    message: 'The device was lost',
    remedy:
      'Start the engine again (Subtext: Select Engine…), or use the cpu engine; lower the batch or the context if it happens again.',
  },
  {
    words:
      /exceeds the max buffer size|maxStorageBuffersPerShaderStage was false|maxStorageBufferBindingSize/,
    reason: 'memory',
    message: 'A tensor is larger than the device takes',
    remedy: 'Lower the batch or the context, ask for fewer activations, or use the cpu engine.',
  },
  {
    words:
      /out.of.memory|OUT_OF_(?:DEVICE|HOST)_MEMORY|WebGPU device error\(3\)|CUDA_ERROR_OUT_OF_MEMORY|OOM when/i,
    reason: 'memory',
    message: 'The device has no memory left',
    remedy: 'Lower the batch or the context, ask for fewer activations, or use the cpu engine.',
  },
  {
    words: /WebGPU device error|WebGPU validation failed/,
    reason: 'engine-failed',
    message: 'The device refused a part of the graph',
    remedy: 'Use the cpu engine, and please report it with the log.',
  },
];

/** Longest piece of a device's own words in a message. */
const QUOTED = 300;

/** The named error behind some words, with the line that says it; undefined where there is none in them. */
export function faultIn(words: string, engine: EngineName): SubtextError | undefined {
  const lines = words.split('\n').map(plain);
  for (const { words: pattern, reason, message, remedy } of FAULTS) {
    const line = lines.find((each) => pattern.test(each));
    if (line) return new SubtextError(reason, `${message} (${engine}: ${line.slice(0, QUOTED)})`, remedy);
  }
  return undefined;
}

/** Without colours, and without where and when ONNX Runtime says it. */
function plain(line: string): string {
  return line
    .replace(/\u001b\[[0-9;]*m/g, '')
    .replace(/^\d{4}-\d\d-\d\d [\d:.]+ \[[^\]]*\]\s*/, '')
    .trim();
}

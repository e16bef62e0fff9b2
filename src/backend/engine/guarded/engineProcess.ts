// The backend's side of the process of a guarded engine: calls, and what its death means.
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorReason, SubtextError } from '../../errors';
import type { EngineName } from '../../../protocol/types';
import type { Answer, GuardedCall, GuardedCalls } from './messages';

/** Bytes of what the process said last that are kept, for the reason of its death. */
const KEPT_WORDS = 8192;

/** What a driver's complaints mean. Dawn writes them instead of failing, and goes on with garbage. */
const FAULTS: { words: RegExp; reason: ErrorReason; message: string; remedy: string }[] = [
  {
    words: /out of memory|OUT_OF_(?:DEVICE|HOST)_MEMORY|OutOfMemory/i,
    reason: 'memory',
    message: 'The device has no memory left for it',
    remedy: 'Lower the batch or the context, ask for fewer activations, or use the cpu engine.',
  },
  {
    words: /device (?:was )?lost|DEVICE_LOST/i,
    reason: 'device-lost',
    message: 'The device was lost',
    remedy:
      'Start the engine again, or use the cpu engine; lower the batch or the context if it happens again.',
  },
  {
    words: /WebGPU device error|WebGPU validation failed/i,
    reason: 'engine-failed',
    message: 'The device refused a part of the graph',
    remedy: 'Use the cpu engine, and please report it with the log.',
  },
];

interface Pending {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

export class EngineProcess {
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, Pending>();
  private calls = 0;
  private words = '';
  private failure: SubtextError | undefined;

  constructor(private readonly engine: EngineName) {
    const bundled = join(__dirname, 'engine.js');
    this.child = fork(existsSync(bundled) ? bundled : join(__dirname, 'process.ts'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // The process alone must not keep this one from ending.
    this.child.unref();
    this.child.channel?.unref();
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => this.hear(text));
    (this.child.stderr as unknown as { unref?: () => void }).unref?.();
    this.child.on('message', (answer: Answer) => this.receive(answer));
    this.child.on('error', (error) => this.end(error.message));
    this.child.on('exit', (code, signal) => this.end(signal ?? `exit code ${code}`));
  }

  /** @throws SubtextError as the process; `device-lost` once it is dead */
  call<Name extends GuardedCall>(
    name: Name,
    parameters: GuardedCalls[Name]['parameters'],
  ): Promise<GuardedCalls[Name]['result']> {
    return new Promise((resolve, reject) => {
      if (this.failure) {
        reject(this.failure);
        return;
      }
      const id = this.calls++;
      this.pending.set(id, { resolve, reject });
      if (this.pending.size === 1) this.child.channel?.ref();
      this.child.send({ id, name, parameters }, (error) => error && this.end(error.message));
    });
  }

  /** A call that nobody waits for: what it fails of shows in the next. */
  tell<Name extends GuardedCall>(name: Name, parameters: GuardedCalls[Name]['parameters']): void {
    this.call(name, parameters).catch(() => undefined);
  }

  /** @throws SubtextError what a driver has complained of since it was asked last */
  throwIfFaulty(): void {
    const fault = faultIn(this.words, this.engine);
    if (!fault) return;
    this.words = '';
    throw fault;
  }

  stop(): void {
    this.failure ??= new SubtextError('engine-failed', 'The engine was stopped', 'Ask again.');
    this.child.kill('SIGKILL');
  }

  private hear(text: string): void {
    this.words = (this.words + text).slice(-KEPT_WORDS);
  }

  private receive(answer: Answer): void {
    const call = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if (this.pending.size === 0) this.child.channel?.unref();
    if ('result' in answer) {
      call?.resolve(answer.result as never);
      return;
    }
    const { reason, message, remedy } = answer.error;
    call?.reject(faultIn(message, this.engine) ?? new SubtextError(reason, message, remedy));
  }

  private end(cause: string): void {
    if (!this.failure) {
      const said = faultIn(this.words, this.engine)?.message ?? this.words.trim().split('\n').at(-1);
      this.failure = new SubtextError(
        'device-lost',
        `The process of the ${this.engine} engine ended (${cause})${said ? `: ${said}` : ''}`,
        'Start the engine again (Subtext: Select Engine…), or use the cpu engine; lower the batch or the context if it happens again.',
      );
    }
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }
}

/** The named error behind a driver's words, with the first line that says it. */
export function faultIn(words: string, engine: EngineName): SubtextError | undefined {
  for (const { words: pattern, reason, message, remedy } of FAULTS) {
    const line = words.split('\n').find((each) => pattern.test(each));
    if (line === undefined) continue;
    return new SubtextError(reason, `${message} (${engine} engine: ${line.trim().slice(0, 300)})`, remedy);
  }
  return undefined;
}

// The backend's side of the process of a guarded engine: calls, and what its death means.
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SubtextError } from '../../errors';
import type { EngineName } from '../../../protocol/types';
import { faultIn } from './faults';
import type { Answer, GuardedCall, GuardedCalls } from './messages';

/** Characters of what the process said last that are kept, for the reason of its death. */
const KEPT_WORDS = 8192;

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

  /** @param program what the process runs: a file, and its parameters */
  constructor(
    private readonly engine: EngineName,
    program: readonly [string, ...string[]] = [ownFile()],
  ) {
    const [file, ...parameters] = program;
    this.child = fork(file, parameters, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => this.hear(text));
    this.keepAwake(false);
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
      if (this.pending.size === 1) this.keepAwake(true);
      this.child.send({ id, name, parameters }, (error) => error && this.end(error.message));
    });
  }

  /** A call that nobody waits for: what it fails of shows in the next. */
  tell<Name extends GuardedCall>(name: Name, parameters: GuardedCalls[Name]['parameters']): void {
    this.call(name, parameters).catch(() => undefined);
  }

  /**
   * As `call`, but what the device complains of meanwhile is an error too: it would go on with garbage.
   * @throws SubtextError `memory`, `device-lost`, `engine-failed`
   */
  async watched<Name extends GuardedCall>(
    name: Name,
    parameters: GuardedCalls[Name]['parameters'],
  ): Promise<GuardedCalls[Name]['result']> {
    const [outcome] = await Promise.allSettled([this.call(name, parameters)]);
    const words = await this.takeWords();
    const fault = this.failure ?? faultIn(words, this.engine);
    // A process outlives its device, and would answer with garbage.
    if (fault?.reason === 'device-lost' && !this.failure) {
      this.failure = fault;
      this.child.kill('SIGKILL');
    }
    if (fault) throw fault;
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  /** The end of what it has written to standard error since the last watched call; no complaint for the next one. */
  async takeWords(): Promise<string> {
    // They lie in another pipe than answers, which is read in the same turn.
    await setImmediate();
    const { words } = this;
    this.words = '';
    return words;
  }

  get id(): number | undefined {
    return this.child.pid;
  }

  stop(): void {
    this.failure ??= new SubtextError('engine-failed', 'The engine was stopped', 'Ask again.');
    this.child.kill('SIGKILL');
  }

  /** A process that nobody waits for must not keep this one from ending. */
  private keepAwake(awake: boolean): void {
    const how = awake ? 'ref' : 'unref';
    this.child[how]();
    this.child.channel?.[how]();
    (this.child.stderr as Socket)[how]();
  }

  private hear(text: string): void {
    this.words = (this.words + text).slice(-KEPT_WORDS);
  }

  private receive(answer: Answer): void {
    const call = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if (this.pending.size === 0) this.keepAwake(false);
    if ('result' in answer) {
      call?.resolve(answer.result as never);
      return;
    }
    const { reason, message, remedy } = answer.error;
    const fault = reason === 'engine-failed' ? faultIn(message, this.engine) : undefined;
    call?.reject(fault ?? new SubtextError(reason, message, remedy));
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

function ownFile(): string {
  const bundled = join(__dirname, 'engine.js');
  return existsSync(bundled) ? bundled : join(__dirname, 'process.ts');
}

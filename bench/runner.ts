// A side of a comparison: a process that lives as long as the comparison of one size, and speaks lines of JSON.
//   {"prepare": {"benchmark", "size"}} → {"detail", "facts"}    {"run": count} → {"milliseconds"} of one
//   {"begin": true} → {}, forgets what was counted              {"finish": true} → {"figures"}
//   any → {"missing"} or {"error"}
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Side } from './alternate';
import type { BenchmarkName, Size } from '../src/backend/bench/sizes';
import type { Figures } from '../src/backend/bench/task';
import type { RecipeSize } from './recipes';
import { BACKEND_ENVIRONMENT } from '../src/protocol/environment';

export type Task =
  { benchmark: BenchmarkName; size: Size } | { benchmark: 'step' | 'trainer'; size: RecipeSize };

export interface Prepared {
  /** What computes, for people: 'PyTorch 2.15.0, 2 threads'. */
  detail: string;
  /** What all sides must agree on where they say it, such as the number of parameters. */
  facts: Record<string, unknown>;
}

/** A peer that this machine does not have; the message says what is missing. */
export class MissingPeer extends Error {}

export type PeerName = 'pytorch' | 'transformer_lens';

export class Runner implements Side {
  private pending?: { resolve: (line: string) => void; reject: (error: Error) => void };
  private complaints = '';

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (line) => this.pending?.resolve(line));
    child.stderr!.on(
      'data',
      (data: Buffer) => (this.complaints = `${this.complaints}${data.toString()}`.slice(-2000)),
    );
    // Writing to a process that is gone; `close` tells why.
    child.stdin!.on('error', () => undefined);
    child.on('error', (error) => this.pending?.reject(new MissingPeer(error.message)));
    child.on('close', (code, signal) => {
      this.pending?.reject(new Error(`a side ended with ${code ?? signal ?? 'nothing'}: ${this.complaints}`));
    });
  }

  static ours(): Runner {
    return new Runner(
      spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'ours/main.ts')], {
        stdio: 'pipe',
        // As the extension starts its backend.
        env: { ...BACKEND_ENVIRONMENT, ...process.env },
      }),
    );
  }

  static peer(name: PeerName): Runner {
    return new Runner(
      spawn(process.env.SUBTEXT_PYTHON ?? 'python3', [join(__dirname, 'peers/main.py'), name], {
        stdio: 'pipe',
        // While our side runs, the peer's threads must sleep; and no peer may reach for a network.
        env: { ...process.env, OMP_WAIT_POLICY: 'PASSIVE', HF_HUB_OFFLINE: '1' },
      }),
    );
  }

  /** @throws MissingPeer when this machine does not have what it needs */
  async prepare(task: Task): Promise<Prepared> {
    return (await this.request({ prepare: task })) as Prepared & Answer;
  }

  async run(count: number): Promise<number> {
    return (await this.request({ run: count })).milliseconds as number;
  }

  async begin(): Promise<void> {
    await this.request({ begin: true });
  }

  async finish(): Promise<Figures> {
    return (await this.request({ finish: true })).figures as Figures;
  }

  stop(): void {
    this.child.stdin!.end();
    this.child.kill();
  }

  private async request(message: object): Promise<Answer> {
    const line = new Promise<string>((resolve, reject) => (this.pending = { resolve, reject }));
    this.child.stdin!.write(`${JSON.stringify(message)}\n`);
    const answer = JSON.parse(await line) as Answer;
    if (answer.missing) throw new MissingPeer(answer.missing);
    if (answer.error) throw new Error(answer.error);
    return answer;
  }
}

interface Answer {
  missing?: string;
  error?: string;
  [key: string]: unknown;
}

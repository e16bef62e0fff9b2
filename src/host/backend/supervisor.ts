// Keeps one backend running: starts it on first need, starts it again when it dies, and gives up after too many times.
import type { ContinuationPiece } from '../../protocol/continuations';
import type { Params, RequestName, Result } from '../../protocol/requests';
import type { Health, ProgressNote } from '../../protocol/types';
import { Emitter } from '../emitter';
import { AttendedLife, abortable, type BackendLife } from './life';
import { BackendFailure, backendStopped, DEVICE_LOST, toFailure } from './failure';
import type { Requester } from './requester';
import { MAXIMUM_RESTARTS, RestartPolicy } from './restartPolicy';

export type BackendState =
  | { kind: 'off' }
  | { kind: 'starting' }
  | { kind: 'running'; processId: number | undefined }
  | { kind: 'stopped'; failure: BackendFailure };

/** The backend died; `failure` is set when it is not started again. */
export interface BackendCrash {
  how: string;
  restarts: number;
  failure?: BackendFailure;
}

export interface SupervisorPorts {
  /** Starts a process and waits until it answers; it tells its notifications. */
  launch(
    onHealth: (health: Health) => void,
    onPiece: (piece: ContinuationPiece) => void,
    onProgress: (note: ProgressNote) => void,
  ): Promise<BackendLife>;
  /** Brings a fresh process to where the one before was (opens models); other requests wait for it. */
  restore(life: Requester): Promise<void>;
  policy?: RestartPolicy;
}

export class BackendSupervisor implements Requester {
  private readonly stateChanged = new Emitter<BackendState>();
  private readonly healthChanged = new Emitter<Health | undefined>();
  private readonly continued = new Emitter<ContinuationPiece>();
  private readonly progressed = new Emitter<ProgressNote>();
  private readonly crashed = new Emitter<BackendCrash>();
  private readonly restarted = new Emitter<void>();
  private readonly deviceLost = new Emitter<BackendFailure>();
  readonly onDidChangeState = this.stateChanged.event;
  readonly onDidChangeHealth = this.healthChanged.event;
  /** Pieces of continuations that are under way. */
  readonly onDidContinue = this.continued.event;
  /** How far trainings of probes are. */
  readonly onDidProgress = this.progressed.event;
  readonly onDidCrash = this.crashed.event;
  /** A new process took the place of an older one, and has its models open. */
  readonly onDidRestart = this.restarted.event;
  /** A request failed because the device of the engine is gone: so will all others, until another engine is chosen. */
  readonly onDidLoseDevice = this.deviceLost.event;

  private readonly policy: RestartPolicy;
  private readonly ports: SupervisorPorts;
  private currentState: BackendState = { kind: 'off' };
  private currentHealth: Health | undefined;
  private life: Promise<AttendedLife> | undefined;
  private everRan = false;
  /** Set once restarting did not help; only a person's wish starts the backend again. */
  private givenUp: BackendFailure | undefined;
  /** Counts stops, so that a start that they overtook notices. */
  private generation = 0;

  constructor(ports: SupervisorPorts) {
    this.ports = ports;
    this.policy = ports.policy ?? new RestartPolicy();
  }

  get state(): BackendState {
    return this.currentState;
  }

  /** What the backend said last; undefined while none runs. */
  get health(): Health | undefined {
    return this.currentHealth;
  }

  async request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    signal?: AbortSignal,
  ): Promise<Result<Name>> {
    const life = await abortable(this.running(), signal);
    try {
      return await life.request(name, params, signal);
    } catch (error) {
      const failure = toFailure(error);
      if (failure.reason === DEVICE_LOST) this.deviceLost.fire(failure);
      throw error;
    }
  }

  /** Ends the process, if any, and starts another: a person asked for it, or a setting changed. */
  async restart(): Promise<void> {
    await this.stop();
    this.policy.reset();
    await this.running();
  }

  /** Ends the process, if any; the next request starts one. */
  async stop(): Promise<void> {
    this.generation++;
    this.givenUp = undefined;
    const life = this.life;
    this.life = undefined;
    this.setHealth(undefined);
    this.setState({ kind: 'off' });
    await life?.then(
      (running) => running.stop(),
      () => undefined,
    );
  }

  private running(): Promise<AttendedLife> {
    if (this.givenUp) return Promise.reject(this.givenUp);
    this.life ??= this.start(this.generation);
    return this.life;
  }

  private async start(generation: number): Promise<AttendedLife> {
    for (;;) {
      try {
        return await this.attempt(generation);
      } catch (error) {
        const failure = toFailure(error);
        if (generation !== this.generation) throw failure;
        if (failure.reason === 'backend-stopped' && this.maySurvive(failure.message)) continue;
        this.life = undefined;
        this.setState({ kind: 'stopped', failure: this.givenUp ?? failure });
        throw this.givenUp ?? failure;
      }
    }
  }

  private async attempt(generation: number): Promise<AttendedLife> {
    this.setState({ kind: 'starting' });
    const life = new AttendedLife(
      await this.ports.launch(
        (health) => {
          if (generation === this.generation) this.setHealth(health);
        },
        (piece) => this.continued.fire(piece),
        (note) => this.progressed.fire(note),
      ),
    );
    if (generation !== this.generation) {
      await life.stop();
      throw backendStopped('it was stopped while it started');
    }
    await this.ports.restore(life);
    if (generation !== this.generation) {
      await life.stop();
      throw backendStopped('it was stopped while it started');
    }
    void life.ended.then((how) => this.died(generation, how));
    this.setState({ kind: 'running', processId: life.processId });
    if (this.everRan) this.restarted.fire();
    this.everRan = true;
    return life;
  }

  private died(generation: number, how: string): void {
    if (generation !== this.generation) return;
    this.life = undefined;
    this.setHealth(undefined);
    if (this.maySurvive(how)) {
      // Nobody may be waiting for this start: its failure is in `state`.
      this.running().catch(() => undefined);
    } else {
      this.setState({ kind: 'stopped', failure: this.givenUp! });
    }
  }

  /** Whether one more start is allowed after a crash; says so either way. */
  private maySurvive(how: string): boolean {
    if (this.policy.allow()) {
      this.crashed.fire({ how, restarts: this.policy.count });
      return true;
    }
    this.givenUp = new BackendFailure(
      'backend-given-up',
      `The backend stopped again after ${MAXIMUM_RESTARTS} restarts in three minutes (${how})`,
      'See the log, then run Subtext: Restart Backend.',
    );
    this.crashed.fire({ how, restarts: MAXIMUM_RESTARTS, failure: this.givenUp });
    return false;
  }

  private setState(state: BackendState): void {
    this.currentState = state;
    this.stateChanged.fire(state);
  }

  private setHealth(health: Health | undefined): void {
    if (health === undefined && this.currentHealth === undefined) return;
    this.currentHealth = health;
    this.healthChanged.fire(health);
  }
}

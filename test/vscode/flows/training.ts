// Training from the palette as a person does it, with the smallest choices, and what its run directory and view say.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { RunStatus } from '../../../src/protocol/runs';
import type { Workbench } from '../harness/workbench';

/** Answers the questions of *Train Model…* up to its last step, which is left open. */
export async function answerQuestions(workbench: Workbench, budget: string): Promise<void> {
  await workbench.runCommand('Subtext: Train Model…');
  await workbench.pick('Grammar cfg3b, three levels dropped');
  await workbench.pick('Rotary');
  await workbench.pick('Tiny');
  await workbench.pick(budget);
  await workbench.page.locator('.quick-input-widget .label-name', { hasText: 'Edit Recipe' }).waitFor();
}

/** The run view, once its header names a run. */
export async function runView(workbench: Workbench, name: string): Promise<Frame> {
  const frame = await workbench.webview(name);
  await frame.locator('.view-header', { hasText: name }).waitFor();
  return frame;
}

/** The step that the header of a run view says, once it is past another. */
export async function stepPast(workbench: Workbench, view: Frame, step: number): Promise<number> {
  let shown = 0;
  await workbench.until(`the view shows a step after ${step}`, async () => {
    const header = await view.locator('.view-header').innerText();
    shown = Number(/step ([\d,]+)/.exec(header)?.[1].replaceAll(',', '') ?? 0);
    return shown > step;
  });
  return shown;
}

/** The runs of a workspace folder, as their files tell them. */
export class RunsOnDisk {
  constructor(private readonly workspace: string) {}

  status(name: string): RunStatus {
    return JSON.parse(readFileSync(join(this.folder, name, 'status.json'), 'utf8')) as RunStatus;
  }

  /** Waits until something holds of a status, which may not be there yet. */
  async until(workbench: Workbench, what: string, name: string, holds: (status: RunStatus) => boolean) {
    await workbench.until(what, () =>
      Promise.resolve()
        .then(() => holds(this.status(name)))
        .catch(() => false),
    );
  }

  names(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** Ends the processes that are still at work: they outlive the window. */
  end(): void {
    for (const name of this.names()) {
      const { pid, state } = this.status(name);
      if (state !== 'running' && state !== 'starting') continue;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  private get folder(): string {
    return join(this.workspace, '.subtext/runs');
  }
}

// Choosing the engine that models compute on.
import * as vscode from 'vscode';
import type { EngineStatus } from '../../protocol/types';
import type { Session } from '../session';
import { type WantedEngine, settings } from '../settings';

interface EngineItem extends vscode.QuickPickItem {
  engine: WantedEngine;
  usable: boolean;
}

/** *Select Engine…*: every engine with what it computes on, or why it cannot be used. */
export async function selectEngine(session: Session): Promise<void> {
  await session.attempt(async () => {
    const engines = await session.parts.backend.request('subtext/listEngines', null);
    const picked = await vscode.window.showQuickPick(items(engines), {
      placeHolder: 'Engine that models compute on',
      matchOnDetail: true,
    });
    if (!picked) return;
    if (!picked.usable) {
      void vscode.window.showWarningMessage(`${picked.engine} cannot be used here: ${picked.detail ?? ''}`);
      return;
    }
    const before = settings.engine();
    // The backend follows the setting.
    if (before === picked.engine) await moveToEngine(session, picked.engine);
    else await settings.setEngine(picked.engine);
  });
}

/** Moves all open models, and computes again what is shown. */
export async function moveToEngine(session: Session, engine: WantedEngine): Promise<void> {
  const { backend, models } = session.parts;
  if (backend.state.kind === 'off') return;
  models.follow(await backend.request('subtext/selectEngine', { engine }));
  await session.refresh();
}

function items(engines: readonly EngineStatus[]): EngineItem[] {
  const wanted = settings.engine();
  const mark = (engine: WantedEngine) => (engine === wanted ? '$(check) ' : '');
  return [
    {
      engine: 'auto',
      usable: true,
      label: `${mark('auto')}auto`,
      detail: 'The first of cuda, webgpu, cpu and wasm that can be used',
    },
    ...engines.map(({ engine, usable, adapter, reason }) => ({
      engine,
      usable,
      label: `${mark(engine)}${usable ? '' : '$(circle-slash) '}${engine}`,
      detail: (usable ? adapter : reason) ?? '',
    })),
  ];
}

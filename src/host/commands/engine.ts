// Choosing the engine that models compute on.
import * as vscode from 'vscode';
import type { EngineStatus, Precision } from '../../protocol/types';
import type { Session } from '../session';
import { type WantedEngine, settings } from '../settings';

/** What choosing a row does: an engine, if it can be used, or a command of ours. */
type EngineItem = vscode.QuickPickItem &
  ({ engine: WantedEngine; usable: boolean } | { command: string } | { engine?: undefined });

const useAnyway = 'Use Anyway';
const installCuda = 'Install CUDA Engine…';

/** *Select Engine…*: every engine with what it computes on, or why it cannot be used. */
export async function selectEngine(session: Session): Promise<void> {
  await session.attempt(async () => {
    const { backend } = session.parts;
    const asking = backend.request('subtext/listEngines', null);
    const rows: Promise<EngineItem[]> = asking.then(items);
    // Drivers may take seconds to answer: the list is there at once, and busy.
    const picked = await vscode.window.showQuickPick(rows, {
      title: 'Select Engine',
      placeHolder: 'Engine that models compute on',
      matchOnDetail: true,
    });
    await asking;
    if (!picked) return;
    if ('command' in picked) await vscode.commands.executeCommand(picked.command);
    else if (picked.engine !== undefined && (picked.usable || (await insisted(picked.engine, picked.detail))))
      await use(session, picked.engine);
  });
}

/**
 * Whether an engine that `auto` would not take is wanted all the same: WebGPU in software works, slowly. For CUDA it is
 * offered to be installed.
 */
async function insisted(engine: WantedEngine, reason = ''): Promise<boolean> {
  const actions = engine === 'webgpu' ? [useAnyway] : engine === 'cuda' ? [installCuda] : [];
  const action = await vscode.window.showWarningMessage(
    `${engine} cannot be used here: ${reason}`,
    ...actions,
  );
  if (action === installCuda) await vscode.commands.executeCommand('subtext.installCudaEngine');
  return action === useAnyway;
}

async function use(session: Session, engine: WantedEngine): Promise<void> {
  // The backend follows the setting.
  if (settings.engine() === engine) await moveToEngine(session, engine);
  else await settings.setEngine(engine);
}

/** Moves all open models, and computes again what is shown. */
export async function moveToEngine(
  session: Session,
  engine: WantedEngine,
  precision: Precision = settings.precision(),
): Promise<void> {
  const { backend, models } = session.parts;
  if (backend.state.kind === 'off') return;
  models.follow(await backend.request('subtext/selectEngine', { engine, precision }));
  await session.refresh();
}

function items(engines: readonly EngineStatus[]): EngineItem[] {
  const wanted = settings.engine();
  // Names stand below each other, whatever icon is before them.
  const mark = (engine: WantedEngine, usable = true) =>
    engine === wanted ? '$(check) ' : usable ? '$(blank) ' : '$(circle-slash) ';
  const cuda = engines.find(({ engine }) => engine === 'cuda');
  // This process and the backend are on one machine; macOS has no CUDA.
  const offered = process.platform !== 'darwin' && cuda?.usable === false;
  const best = engines.filter(({ usable }) => usable).map(({ engine }) => engine);
  return [
    {
      engine: 'auto',
      usable: true,
      label: `${mark('auto')}auto`,
      description: PREFERENCE.find((engine) => best.includes(engine)),
      detail: 'The first of cuda, webgpu, cpu and wasm that can be used',
    },
    ...engines.map(({ engine, usable, adapter, features, reason }) => ({
      engine,
      usable,
      label: `${mark(engine, usable)}${engine}`,
      description: usable ? features.join(' · ') : 'cannot be used',
      detail: (usable ? adapter : reason) ?? '',
    })),
    ...(offered
      ? [
          { label: '', kind: vscode.QuickPickItemKind.Separator },
          { label: `$(cloud-download) ${installCuda}`, command: 'subtext.installCudaEngine' },
        ]
      : []),
  ];
}

/** In the order in which `auto` takes them. */
const PREFERENCE = ['cuda', 'webgpu', 'cpu', 'wasm'] as const;

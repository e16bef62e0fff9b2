// The composition root: makes the parts, wires them and registers them. Nothing heavy runs before it is needed.
import { loadTime } from './host/loadTime';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SubtextApi } from './host/api';
import { launchBackend } from './host/backend/launch';
import { BackendSupervisor } from './host/backend/supervisor';
import { moveToEngine } from './host/commands/engine';
import { registerCommands } from './host/commands/register';
import { controlRun, resumeRun } from './host/commands/runs';
import { followContextKeys } from './host/contextKeys';
import { registerLockLens } from './host/decorations/lockLens';
import { Painter } from './host/decorations/painter';
import { TextLink } from './host/decorations/textLink';
import { registerValueHover } from './host/decorations/valueHover';
import type { Disposable } from './host/disposables';
import { RecipeChecks } from './host/editors/recipeChecks';
import { registerRecipeLens } from './host/editors/recipeLens';
import { documentFacts, followDocuments } from './host/inspection/followDocuments';
import { Inspection } from './host/inspection/inspection';
import { showCrash, showFailure } from './host/messages';
import { Models } from './host/models';
import { NeuronsPanel, neuronsViewType } from './host/panels/neuronsPanel';
import { RunPanel, runViewType } from './host/panels/runPanel';
import { savedQuestion } from './host/panels/savedState';
import { InspectionStatus } from './host/panels/viewStatus';
import { followWorkspaceFolders } from './host/runs/workspaceFolders';
import { Runs } from './host/runs/runs';
import { Session } from './host/session';
import { onDidChangeSettings, settings } from './host/settings';
import { registerModelsTree } from './host/views/modelsTree';
import { announceRunEnds } from './host/views/runEnds';
import { registerRunsTree } from './host/views/runsTree';
import { registerStatusBar } from './host/views/statusBar';

let running: BackendSupervisor | undefined;
/** VS Code waits for other things between loading this file and calling `activate`. */
const loadMilliseconds = loadTime();

/** Called by VS Code on the first command, view or restored panel. */
export function activate(context: vscode.ExtensionContext): SubtextApi {
  const activateStart = loadTime();
  const { subscriptions, extensionUri } = context;
  const log = vscode.window.createOutputChannel('Subtext', { log: true });
  const backend: BackendSupervisor = new BackendSupervisor({
    launch: (onHealth) => launchBackend(join(context.extensionPath, 'dist'), log, onHealth),
    restore: (life) => models.restore(life),
  });
  const models: Models = new Models(backend, context.globalState);
  const inspection = new Inspection({
    requester: backend,
    document: documentFacts,
    delay: () => settings.recomputeDelay(),
  });
  const status = new InspectionStatus({ inspection, models, backend });
  const link = new TextLink(inspection);
  const painter = new Painter(inspection);
  const panel = new NeuronsPanel({ extensionUri, inspection, status, link });
  const runs = new Runs();
  const runPanel = new RunPanel({
    extensionUri,
    runs,
    control: (run, request) =>
      void (request === 'resume' ? resumeRun(session, run) : controlRun(session, request, run)),
    openCheckpoint: (path) => void session.openModel(path),
  });
  const recipes = new RecipeChecks(backend);
  const session: Session = new Session({
    backend,
    models,
    sampleModels: vscode.Uri.joinPath(extensionUri, 'media', 'models'),
    inspection,
    status,
    panel,
    runs,
    runPanel,
    recipes,
    log,
  });
  running = backend;

  subscriptions.push(log, inspection, painter, link, panel, runs, runPanel, recipes);
  subscriptions.push(followDocuments(inspection));
  subscriptions.push(registerValueHover(inspection));
  subscriptions.push(registerLockLens(inspection));
  subscriptions.push(registerCommands(session));
  subscriptions.push(registerModelsTree(models, session.parts.sampleModels));
  subscriptions.push(followWorkspaceFolders(runs));
  subscriptions.push(registerRunsTree(runs));
  subscriptions.push(announceRunEnds(session));
  subscriptions.push(registerRecipeLens(recipes));
  subscriptions.push(registerStatusBar(session.parts));
  subscriptions.push(followContextKeys(session.parts));
  subscriptions.push(...follow(session));
  subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(neuronsViewType, {
      deserializeWebviewPanel(restored, state: unknown) {
        panel.attach(restored);
        const saved = savedQuestion(state);
        if (saved && !inspection.question) void session.attempt(() => session.resume(saved));
        return Promise.resolve();
      },
    }),
    vscode.window.registerWebviewPanelSerializer(runViewType, {
      deserializeWebviewPanel(restored) {
        // What it showed, its page says itself.
        runPanel.attach(restored);
        return Promise.resolve();
      },
    }),
  );
  return {
    activationMilliseconds: loadMilliseconds + loadTime() - activateStart,
    inspection,
    models,
    backend,
    panel,
    runs,
    runPanel,
    painted: (document) => painter.paintingOf(document),
  };
}

/** Lets the backend end by itself before VS Code ends this process. */
export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** What one part does when something happens to another. */
function follow(session: Session): Disposable[] {
  const { backend, models, inspection, panel } = session.parts;
  const forgetUnseen = () => {
    // Nobody looks at an inspection without a panel and a highlight: edits need not be computed.
    if (!panel.isOpen && !inspection.focus && inspection.phase !== 'empty') inspection.clear();
  };
  return [
    backend.onDidChangeHealth((health) => models.follow(health)),
    backend.onDidCrash((crash) => {
      showCrash(crash);
      // What is shown says that the backend is started again: now it says that it is not.
      if (crash.failure) void inspection.refresh();
    }),
    backend.onDidRestart(() => void inspection.refresh()),
    models.onDidNotRestore(showFailure),
    models.onDidClose((id) => {
      if (inspection.question?.model === id) inspection.clear('The model was closed.');
    }),
    panel.onDidClose(forgetUnseen),
    inspection.onDidChange((part) => {
      if (part === 'focus') forgetUnseen();
    }),
    onDidChangeSettings(['engine'], () => {
      void session.attempt(() => moveToEngine(session, settings.engine()));
    }),
    onDidChangeSettings(['threads', 'backend.nodePath'], () => {
      if (backend.state.kind !== 'off') void session.attempt(() => backend.restart());
    }),
  ];
}

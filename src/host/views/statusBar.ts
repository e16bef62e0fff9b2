// One status bar item: model, engine, busy or stopped. A click shows the menu.
import * as vscode from 'vscode';
import { shortCardName } from '../cardName';
import { type Disposable, DisposableStore } from '../disposables';
import { descriptionOf, shareOf } from '../runs/words';
import type { SessionParts } from '../session';
import { modelTooltip } from './modelsTree';

/** Work that is done sooner shows no spinner. */
const BUSY_MILLISECONDS = 250;

export function registerStatusBar({
  backend,
  models,
  interventions,
  runs,
}: Pick<SessionParts, 'backend' | 'models' | 'interventions' | 'runs'>): Disposable {
  const store = new DisposableStore();
  const item = store.add(
    vscode.window.createStatusBarItem('subtext.status', vscode.StatusBarAlignment.Right, 100),
  );
  item.name = 'Subtext';
  item.command = 'subtext.showMenu';
  let busyTimer: NodeJS.Timeout | undefined;
  let showsBusy = false;

  const render = () => {
    const { state, health } = backend;
    const model = models.active;
    const engine = model?.engine ?? health?.engine;
    const card = health?.card !== undefined && engine === health.engine ? [shortCardName(health.card)] : [];
    const isStopped = state.kind === 'stopped';
    const isWorking = state.kind === 'starting' || showsBusy;
    const icon = isStopped ? 'warning' : isWorking ? 'loading~spin' : 'pulse';
    const active = model ? interventions.activeCount(model.id) : 0;
    const changes = active > 0 ? [`${active} ${active === 1 ? 'intervention' : 'interventions'}`] : [];
    const names = [
      model?.name ?? 'Subtext',
      ...(isStopped ? ['stopped'] : engine ? [engine, ...card] : []),
      ...(health?.precision === 'float16' && !isStopped ? ['float16'] : []),
      ...changes,
    ];
    const run = runs.all.find(({ isLive }) => isLive);
    const training = run && `${run.name} ${Math.floor(100 * shareOf(run))}%`;
    item.text = [`$(${icon}) ${names.join(' · ')}`, ...(training ? [`$(beaker) ${training}`] : [])].join(
      '  ',
    );
    const warns = isStopped || health?.engineNote !== undefined;
    item.backgroundColor = warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.tooltip = tooltipOf(backend, models);
    for (const live of runs.all.filter(({ isLive }) => isLive)) {
      item.tooltip.appendMarkdown('\n\n$(beaker) ').appendText(`${live.name}: ${descriptionOf(live)}`);
    }
    item.accessibilityInformation = {
      label: `Subtext: ${names.join(', ')}${isWorking ? ', busy' : ''}${training ? `, training ${training}` : ''}`,
      role: 'button',
    };
  };

  const follow = () => {
    const isBusy = backend.health?.state === 'busy';
    if (!isBusy) {
      clearTimeout(busyTimer);
      busyTimer = undefined;
      showsBusy = false;
    } else if (!showsBusy && busyTimer === undefined) {
      busyTimer = setTimeout(() => {
        busyTimer = undefined;
        showsBusy = true;
        render();
      }, BUSY_MILLISECONDS);
    }
    render();
  };

  store.add(backend.onDidChangeState(follow));
  store.add(backend.onDidChangeHealth(follow));
  store.add(models.onDidChange(render));
  store.add(interventions.onDidChange(render));
  store.add(runs.onDidChange(render));
  store.add(runs.onDidChangeList(render));
  store.add({ dispose: () => clearTimeout(busyTimer) });
  render();
  item.show();
  return store;
}

function tooltipOf(backend: SessionParts['backend'], models: SessionParts['models']): vscode.MarkdownString {
  const { state, health } = backend;
  const model = models.active;
  const tooltip = model ? modelTooltip(model) : new vscode.MarkdownString('No model is open.', true);
  if (health?.adapter !== undefined && health.engine !== undefined) {
    const float16 = health.precision === 'float16' ? ', matrix products in float16' : '';
    tooltip.appendMarkdown('\n\n$(chip) ').appendText(`${health.engine}: ${health.adapter}${float16}`);
  }
  if (state.kind === 'stopped') tooltip.appendMarkdown('\n\n$(warning) ').appendText(state.failure.line);
  if (health?.engineNote !== undefined) {
    tooltip.appendMarkdown('\n\n$(warning) ').appendText(health.engineNote);
  }
  if (health?.state === 'busy' && health.activity !== undefined) {
    tooltip.appendMarkdown('\n\n').appendText(health.activity);
  }
  return tooltip;
}

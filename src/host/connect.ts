// What one part does when something happens to another.
import type { BackendFailure } from './backend/failure';
import { moveToEngine } from './commands/engine';
import { tellPrecisionError } from './commands/precision';
import type { Disposable } from './disposables';
import { askAfterLoss, showCrash, showFailure } from './messages';
import type { Session } from './session';
import { onDidChangeSettings, settings } from './settings';

export function connect(session: Session): Disposable[] {
  const {
    attention,
    attribution,
    backend,
    models,
    interventions,
    neurons,
    lens,
    patch,
    grammarAttention,
    textViews,
  } = session.parts;
  const { inspection, panel } = neurons;
  const forgetUnseen = () => {
    // Nobody looks at an inspection without a panel and a highlight: edits need not be computed.
    if (!panel.isOpen && !inspection.focus && inspection.phase !== 'empty') inspection.clear();
  };
  let asking = false;
  const goOnWithout = async (loss: BackendFailure) => {
    if (asking) return;
    asking = true;
    const choice = await askAfterLoss(loss);
    asking = false;
    if (!choice) return;
    // The processor has no float16, whatever the setting says.
    await session.attempt(() =>
      choice === 'cpu' ? moveToEngine(session, 'cpu', 'float32') : moveToEngine(session, settings.engine()),
    );
  };
  return [
    backend.onDidLoseDevice((loss) => void goOnWithout(loss)),
    backend.onDidChangeHealth((health) => models.follow(health)),
    backend.onDidCrash((crash) => {
      showCrash(crash);
      // What is shown says that the backend is started again: now it says that it is not.
      if (crash.failure) void session.refresh();
    }),
    backend.onDidRestart(() => void session.refresh()),
    interventions.onDidApply(() => void session.refresh()),
    models.onDidNotRestore(showFailure),
    models.onDidClose((id) => {
      for (const view of textViews) {
        if (view.inspection.question?.model === id) view.inspection.clear('The model was closed.');
      }
      for (const { inspection: asked } of [patch, grammarAttention]) {
        if (asked.question?.model === id) asked.clear();
      }
    }),
    lens.panel.onDidClose(() => lens.inspection.close()),
    attribution.panel.onDidClose(() => attribution.inspection.clear()),
    patch.panel.onDidClose(() => patch.inspection.clear()),
    grammarAttention.panel.onDidClose(() => grammarAttention.inspection.clear()),
    panel.onDidClose(forgetUnseen),
    // With it goes what the backend keeps for it.
    attention.panel.onDidClose(() => attention.inspection.clear()),
    inspection.onDidChange((part) => {
      if (part === 'focus') forgetUnseen();
    }),
    onDidChangeSettings(['engine', 'precision'], (changed) => {
      void session.attempt(async () => {
        await moveToEngine(session, settings.engine());
        if (changed.includes('precision')) await tellPrecisionError(session);
      });
    }),
    onDidChangeSettings(['threads', 'backend.nodePath'], () => {
      if (backend.state.kind !== 'off') void session.attempt(() => backend.restart());
    }),
  ];
}

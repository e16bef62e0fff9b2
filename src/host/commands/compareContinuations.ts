// *Compare Continuations*: the same text continued without the interventions and with them, side by side.
import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/types';
import { continuationRequest } from './continuationRequest';
import { documentName } from '../names';
import { count } from '../numbers';
import { withLateProgress } from '../progress';
import { type Session, hostFailure } from '../session';

/** `target` is the Uri of an editor's context menu, or nothing. */
export async function compareContinuations(session: Session, target?: unknown): Promise<void> {
  await session.attempt(async () => {
    const request = await continuationRequest(session, target);
    if (!request) return;
    const { editor, model, options } = request;
    const active = activeInterventions(session, model);
    const { document } = editor;
    const uri = document.uri.toString();
    const name = documentName(uri);
    const before = document.getText().slice(0, options.offset);
    const abort = new AbortController();
    const { base, changed, common } = await withLateProgress(
      `Continuing ${name} twice`,
      session.parts.backend,
      session.parts.backend.request(
        'subtext/compareContinuations',
        { uri, model: model.id, ...options },
        abort.signal,
      ),
      () => abort.abort(),
    );
    await session.parts.comparedTexts.show(
      name,
      { base: before + base.text, changed: before + changed.text },
      `${name}: without ↔ with ${active === 1 ? '1 intervention' : `${active} interventions`}`,
      document.positionAt(options.offset),
    );
    const same = common === base.ids.length && common === changed.ids.length;
    void vscode.window.setStatusBarMessage(
      `${same ? 'Both are the same' : `The first ${count(common)} tokens are the same`} · seed ${options.seed}`,
      10_000,
    );
  });
}

/** How many are active. @throws BackendFailure where none is: there is nothing to compare then */
export function activeInterventions(session: Session, { id, name }: ModelSummary): number {
  const { interventions } = session.parts;
  const active = interventions.activeCount(id);
  if (active > 0) return active;
  const listed = interventions.of(id).length;
  throw hostFailure(
    `No intervention is active for ${name}: both sides would be the same`,
    listed > 0
      ? 'Switch one on in the Interventions view of the Subtext side bar.'
      : 'Add one with Subtext: Ablate…, Scale… or Steer…',
  );
}

// *Steer Along This Probe…*, from the chart of probes.
import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/types';
import { askSteering } from '../probes/steering';
import type { Session } from '../session';
import { steerAlong } from './interventions';
import { openModel } from './openModel';
import { pickItem } from './probeDirection';

/** @param id of a probe that is shown */
export async function steerAlongProbe(session: Session, id: string): Promise<void> {
  const { backend, models, probes } = session.parts;
  await session.attempt(async () => {
    const { file, probe } = probes.chart.probe(id);
    const found = await askSteering(backend, file, probe, models.active, {
      pick: pickItem,
      agrees: async (said, offer) => (await vscode.window.showInformationMessage(said, offer)) === offer,
      use: (path) => use(session, path),
    });
    if (found) await steerAlong(session, found.model, found.part, found.direction);
  });
}

/** The model is also the one that is asked from now on. */
async function use(session: Session, path: string | undefined): Promise<ModelSummary | undefined> {
  const model = await openModel(session, path);
  if (model) await session.inspectWith(model);
  return model;
}

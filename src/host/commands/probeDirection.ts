// A probe's direction for *Steer…*.
import { join } from 'node:path';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Direction } from '../../protocol/interventions';
import type { ModelSummary } from '../../protocol/types';
import { PROBE_ENDING, PROBES_FOLDER } from '../probes/places';
import { askProbeDirection, type PickItem } from '../probes/steering';
import { workspaceFolders } from '../runs/workspaceFolders';
import type { Session } from '../session';

/** The direction of a probe that a person chooses. @throws BackendFailure */
export function probeDirection(
  { parts: { backend } }: Session,
  part: string,
  model: ModelSummary,
): Promise<Direction | undefined> {
  const folders = workspaceFolders().map((folder) => join(folder, PROBES_FOLDER));
  return askProbeDirection(backend, part, model, folders, { pick: pickItem, browse });
}

export const pickItem: PickItem = (placeHolder, items) =>
  Promise.resolve(vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }));

async function browse(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Probe to Steer Along',
    openLabel: 'Choose',
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
    filters: { Probes: [PROBE_ENDING.slice(1), 'safetensors'] },
  });
  return chosen?.at(0)?.fsPath;
}

// The checkpoints that come with the extension.
import * as vscode from 'vscode';

/** Paths in the order of their names. @param folder `media/models` of the extension */
export async function sampleModels(folder: vscode.Uri): Promise<string[]> {
  const found = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  // Beside a model lie its probes.
  const models = found.filter(([name]) => !name.endsWith('.probes'));
  return models.map(([name]) => vscode.Uri.joinPath(folder, name).fsPath).sort();
}

// The checkpoints that come with the extension.
import * as vscode from 'vscode';

/** Paths in the order of their names. @param folder `media/models` of the extension */
export async function sampleModels(folder: vscode.Uri): Promise<string[]> {
  const found = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  // Beside the models lie the probes that were trained on them.
  const models = found.filter(([name]) => name !== 'probes');
  return models.map(([name]) => vscode.Uri.joinPath(folder, name).fsPath).sort();
}

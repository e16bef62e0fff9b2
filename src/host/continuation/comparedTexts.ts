// The two texts of *Compare Continuations*, as documents that VS Code's diff editor shows. They are in memory only.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';

const scheme = 'subtext-continuation';

/** A window that was loaded again has the tab, but not the texts. */
const gone = 'The continuation is gone. Run Subtext: Compare Continuations again.\n';

export class ComparedTexts implements Disposable {
  private readonly store = new DisposableStore();
  private readonly texts = new Map<string, string>();
  private count = 0;

  constructor() {
    this.store.add(
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? gone,
      }),
    );
    this.store.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.texts.delete(uri.toString());
      }),
    );
  }

  /** Opens the diff editor. @param name with the ending of the text's file, which chooses its language */
  async show(
    name: string,
    { base, changed }: { base: string; changed: string },
    title: string,
    place: vscode.Position,
  ): Promise<void> {
    const number = ++this.count;
    const left = this.keep(name, `without-${number}`, base);
    const right = this.keep(name, `with-${number}`, changed);
    const options: vscode.TextDocumentShowOptions = {
      preview: false,
      selection: new vscode.Range(place, place),
    };
    await vscode.commands.executeCommand('vscode.diff', left, right, title, options);
  }

  dispose(): void {
    this.store.dispose();
  }

  private keep(name: string, side: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme, path: `/${side}/${name}` });
    this.texts.set(uri.toString(), text);
    return uri;
  }
}

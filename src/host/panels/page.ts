// What all views load: their script and style from dist/webview, and nothing else.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageHtml } from './html';

export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableCommandUris: false,
    localResourceRoots: [distUri(extensionUri)],
  };
}

/** Loads the page of a view anew: `name`.js and `name`.css. */
export function loadPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  { title, name }: { title: string; name: string },
): void {
  const local = (file: string) => webview.asWebviewUri(distUri(extensionUri, file)).toString();
  webview.options = webviewOptions(extensionUri);
  webview.html = pageHtml({
    title,
    nonce: randomBytes(16).toString('base64url'),
    source: webview.cspSource,
    script: local(`${name}.js`),
    style: local(`${name}.css`),
  });
}

function distUri(extensionUri: vscode.Uri, ...names: string[]): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview', ...names);
}

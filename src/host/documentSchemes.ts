// Which documents Subtext works on.

/** Ordinary text; output channels, diffs of the past and settings are not. package.json's `when` clauses say the same. */
export const documentSchemes = [
  'file',
  'untitled',
  'vscode-remote',
  'vscode-vfs',
  'vscode-local',
  'memfs',
  'tmp',
];

export function isOrdinaryText(document: { readonly uri: { readonly scheme: string } }): boolean {
  return documentSchemes.includes(document.uri.scheme);
}

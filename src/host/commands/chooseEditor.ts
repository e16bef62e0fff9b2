// Which editor a command on a text means. It never takes a text that the person is not looking at.
import { isOrdinaryText } from '../documentSchemes';
import { documentName } from '../names';

/** The part of `vscode.TextEditor` that is used. */
export interface EditorLike {
  readonly document: { readonly uri: { readonly scheme: string; toString(): string } };
}

/** What the window shows. */
export interface Shown<Editor> {
  active: Editor | undefined;
  visible: readonly Editor[];
  /** The active tab; undefined where its group is empty. */
  tab: { label: string; uri?: string; isView: boolean } | undefined;
  /** URI of the document that the view in the active tab is about. */
  inspected: string | undefined;
}

const noText = 'Open a text first: Subtext shows what a model computes under it.';

/** The editor to read, of the document `asked` where one is named; or what to tell the person. */
export function chooseEditor<Editor extends EditorLike>(
  asked: string | undefined,
  { active, visible, tab, inspected }: Shown<Editor>,
): Editor | string {
  const texts = [...(active ? [active] : []), ...visible].filter(({ document }) => isOrdinaryText(document));
  const editorOf = (uri: string | undefined) => texts.find(({ document }) => document.uri.toString() === uri);
  if (asked !== undefined) return editorOf(asked) ?? notText(documentName(asked));
  if (!tab) return texts.at(0) ?? noText;
  if (tab.isView) return editorOf(inspected) ?? texts.at(0) ?? noText;
  // The active editor may be one below the tabs: that of the output.
  const meant = texts.find((editor) => editor === active) ?? editorOf(tab.uri);
  return meant ?? notText(tab.label);
}

function notText(name: string): string {
  return `${name} is not a text: open a text first.`;
}

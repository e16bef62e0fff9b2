// What a view of a text is made of, so that whoever shows one need not know which.
import type * as vscode from 'vscode';
import type { TextSource } from '../../protocol/types';
import type { Event } from '../emitter';
import type { FollowedQuestion } from '../inspection/followedQuestion';
import type { TextStatus } from './viewStatus';

/** A view of a text: what is asked, what is said of it, and its tab. */
export interface TextView<Inspection = FollowedQuestion<{ source: TextSource }>> {
  viewType: string;
  inspection: Inspection;
  status: TextStatus;
  panel: {
    readonly isOpen: boolean;
    readonly onDidClose: Event<void>;
    reveal(textEditor: vscode.TextEditor): void;
    attach(panel: vscode.WebviewPanel): void;
  };
  /** Takes up, beside the question, what the page kept across a reload; comes before the question is asked. */
  restore?(state: unknown): Promise<void>;
}

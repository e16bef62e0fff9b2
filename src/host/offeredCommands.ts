// The commands that views and messages offer.
import * as vscode from 'vscode';
import { VIEW_COMMANDS, type ViewCommand } from '../protocol/views';

/** Runs a command that a view or a message offers; a page could post anything. */
export function runOffered(command: ViewCommand): void {
  if (!VIEW_COMMANDS.includes(command)) return;
  // Settings are opened at the one that a failure is about.
  const place = command === 'workbench.action.openSettings' ? ['subtext.backend.nodePath'] : [];
  void vscode.commands.executeCommand(command, ...place);
}

// *Continue Story*: what the model would write next, put into the text as it comes.
import * as vscode from 'vscode';
import type { Continuation } from '../../protocol/continuations';
import { EditorSink } from '../continuation/editorSink';
import type { Ending } from '../continuation/continuations';
import { type ContinuationRequest, continuationRequest } from './continuationRequest';
import { documentName } from '../names';
import { count } from '../numbers';
import { withLateProgress } from '../progress';
import { type Session, hostFailure } from '../session';

const SHOWN_MILLISECONDS = 10_000;

/** `target` is the Uri of an editor's context menu, or nothing. */
export async function continueStory(session: Session, target?: unknown): Promise<void> {
  const { continuations } = session.parts;
  if (continuations.writing) {
    say('A continuation is being written: Esc stops it');
    return;
  }
  await session.attempt(async () => {
    const request = await continuationRequest(session, target);
    // A second call may have come while a model was opened.
    if (!request || continuations.writing) return;
    await refuseReadOnly(request.editor.document);
    await write(session, request);
  });
}

async function write(session: Session, { editor, model, options }: ContinuationRequest): Promise<void> {
  const { backend, continuations } = session.parts;
  const { document } = editor;
  const stop = () => continuations.stop();
  const sink = new EditorSink(editor, options.offset, stop);
  const before = document.version;
  const uri = document.uri.toString();
  try {
    const ending = await withLateProgress(
      `Continuing ${documentName(uri)}. Esc stops it.`,
      backend,
      continuations.write({ uri, model: model.id, ...options }, sink),
      stop,
    );
    if (ending.kind === 'refused' && document.version === before) throw readOnly(document);
    say(words(ending, sink.isTouched, options.seed));
  } finally {
    sink.dispose();
  }
}

function words(ending: Ending, isTouched: boolean, seed: number): string {
  if (ending.kind !== 'done') {
    return isTouched ? 'Stopped continuing: the text was changed' : 'Stopped continuing';
  }
  const { ids, cut } = ending.continuation;
  const facts = [`${count(ids.length)} tokens`, ENDS[ending.continuation.stopped], `seed ${seed}`];
  if (cut > 0) facts.push(`the first ${count(cut)} tokens were left out: the context is too short`);
  return `Continued: ${facts.join(' · ')}`;
}

const ENDS: Record<Continuation['stopped'], string> = {
  end: 'the model ended the text',
  limit: 'as many as subtext.continue.maxTokens allows',
  context: 'the context is full',
};

/** @throws BackendFailure where the document is on a file system that takes no changes, or marked as read-only there */
async function refuseReadOnly(document: vscode.TextDocument): Promise<void> {
  const { uri } = document;
  if (uri.scheme === 'untitled') return;
  const isWritable = vscode.workspace.fs.isWritableFileSystem(uri.scheme);
  const facts = await Promise.resolve(vscode.workspace.fs.stat(uri)).catch(() => undefined);
  const isMarked = ((facts?.permissions ?? 0) & vscode.FilePermission.Readonly) !== 0;
  if (isWritable === false || isMarked) throw readOnly(document);
}

function readOnly({ uri }: vscode.TextDocument): Error {
  return hostFailure(
    `${documentName(uri.toString())} is read-only`,
    'Make it writeable, or copy the text into a new file.',
  );
}

function say(text: string): void {
  void vscode.window.setStatusBarMessage(text, SHOWN_MILLISECONDS);
}

// The lens view in a page like VS Code's, with the host's own inspection behind it and a real backend behind that.
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { LensInspection } from '../../../src/host/inspection/lensInspection';
import type { FromLensView, LensViewState, ToLensView } from '../../../src/protocol/lensView';
import type { TextRange } from '../../../src/protocol/types';
import { storyFile } from '../../support/story';
import { openPage, type Conversation, type View, type ViewOptions } from './page';
import { portsOf, startReader, type Reader, uri } from './reader';

export interface LensConversation extends Conversation {
  incoming: ToLensView;
  outgoing: FromLensView;
  state: LensViewState;
}

export type LensView = View<LensConversation>;

/** A text that a model reads, which views are opened on. */
export class LensText {
  private constructor(private readonly reader: Reader) {}

  /** The story, or it many times, read by a checkpoint: the sample model unless another is given. */
  static async open({
    times = 1,
    checkpoint,
  }: { times?: number; checkpoint?: string } = {}): Promise<LensText> {
    return new LensText(await startReader((await readFile(storyFile, 'utf8')).repeat(times), checkpoint));
  }

  close(): void {
    this.reader.backend.stop();
  }

  /** Opens the view on the text, or on a selection in it; resolves once the map is drawn. */
  async show(
    browser: Browser,
    { selection, ...options }: ViewOptions<LensConversation> & { selection?: TextRange } = {},
  ): Promise<LensView> {
    const { model } = this.reader;
    const inspection = new LensInspection(portsOf(this.reader));
    const view = await openPage<LensConversation>(
      browser,
      { name: 'lens', title: 'Logit Lens' },
      {
        ...options,
        onMessage(message, from) {
          if (message.type === 'window') void inspection.readWindow(message.window);
          else if (message.type === 'select') inspection.select(message.place ?? undefined);
          options.onMessage?.(message, from);
        },
      },
    );
    const send = (message: ToLensView): void => void view.send(message).catch(() => undefined);
    inspection.onDidReadWindow((table) => send({ type: 'window', table }));
    inspection.onDidChangeSelection(() =>
      send({ type: 'selection', selection: inspection.selection ?? null }),
    );
    const question = { uri, model, ...(selection && { selection }) };
    await inspection.ask(question);
    const table = inspection.answer!;
    const { modelName, engine } = table.source;
    await view.send({ type: 'lens', table, question });
    await view.send({
      type: 'status',
      status: { phase: 'ready', document: 'story.txt', model: modelName, engine, modelOpen: true },
    });
    await view.page.locator('.map-cell .map-number').first().waitFor();
    return view;
  }
}

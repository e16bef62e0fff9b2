// `subtext card`: measures the model of a finished run and writes its model card.
import { join } from 'node:path';
import { RUN_FILES } from '../../protocol/runs';
import { NOT_CANCELLED } from '../../backend/cancellation';
import { modelCard } from '../../backend/card/card';
import { inWords } from '../../backend/card/figure';
import { replaceText } from '../../backend/run/atomicFile';
import { RunDirectory } from '../../backend/run/runDirectory';
import type { Command } from '../command';
import { openModel } from '../models';
import { MODEL_OPTIONS, numberOption } from '../options';
import { table } from '../output';

const { engine, threads } = MODEL_OPTIONS;

export const card: Command = {
  name: 'card',
  summary: 'Measures the model of a finished run and writes its model card, final/README.md.',
  argument: 'RUN',
  options: { samples: { value: 'N', help: 'texts that the model writes; default 1000' }, engine, threads },
  async run(values, output) {
    const samples = numberOption(values, 'samples', 1000, { min: 1, max: 1_000_000 });
    const directory = RunDirectory.open(String(values.argument));
    try {
      const model = await openModel({ ...values, model: directory.file(RUN_FILES.final) }, output);
      const { figures, text } = await modelCard(directory, model, samples, NOT_CANCELLED);
      const path = directory.file(join(RUN_FILES.final, 'README.md'));
      replaceText(path, text);
      output.answer(
        () => ({ card: path, figures }),
        () =>
          `${table(figures.map((figure) => [figure.name, inWords(figure, figure.value)]))}Written: ${path}\n`,
      );
    } finally {
      directory.release();
    }
  },
};

// The model card of a finished run: what was trained, on what, and how good it is. Every number in it is read from the
// run or measured here.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { RUN_FILES, type MetricsLine, type ReferenceLine, type SamplesLine } from '../../protocol/runs';
import type { Cancellation } from '../cancellation';
import { SubtextError } from '../errors';
import type { LanguageModel } from '../model/languageModel';
import type { RunDirectory } from '../run/runDirectory';
import { checkRecipe, type Recipe } from '../train/recipe';
import { duration, shortCount } from '../train/words';
import { inWords, type Figure } from './figure';
import { grammarFigures } from './grammarFigures';
import { probeLines } from './probeLines';
import { storyFigures } from './storyFigures';

export interface ModelCard {
  name: string;
  figures: Figure[];
  /** The card as Markdown, with the front matter that model hubs read. */
  text: string;
}

/**
 * Measures the final model of a run and writes its card.
 * @param model that of `final/`
 * @param samples texts that the model writes for each figure
 * @throws SubtextError `run` for a run that is not finished; `file-access`
 */
export async function modelCard(
  directory: RunDirectory,
  model: LanguageModel,
  samples: number,
  cancellation: Cancellation,
): Promise<ModelCard> {
  const status = directory.readStatus();
  if (status?.state !== 'finished') {
    const what = `The run ${directory.path} is not finished`;
    throw new SubtextError('run', what, 'Go on with it first (--resume).');
  }
  const recipe = checkRecipe(JSON.parse(directory.read(RUN_FILES.recipe)), RUN_FILES.recipe);
  const figures = await figuresOf(recipe, model, samples, cancellation);
  const validation = linesOf<MetricsLine>(directory, RUN_FILES.metrics)
    .map((line) => line.validation_loss)
    .findLast((loss) => loss !== undefined);
  const references = JSON.parse(directory.read(RUN_FILES.references)) as ReferenceLine[];
  const written = linesOf<SamplesLine>(directory, RUN_FILES.samples).at(-1);
  const name = recipe.name ?? basename(directory.path);
  const lines = [
    '---',
    'library_name: subtext',
    `pipeline_tag: ${model.configuration.causal ? 'text-generation' : 'fill-mask'}`,
    '---',
    '',
    `# ${name}`,
    '',
    `${architecture(recipe, model)}, ${shortCount(status.parameters)} parameters. Trained by Subtext on ${dataWords(recipe)}: ${shortCount(status.tokens)} tokens in ${status.step} steps, ${duration(status.seconds)} on the ${status.engine} engine${status.precision === undefined ? '' : `, in ${status.precision}`}.`,
    '',
    '## Losses',
    '',
    '| | nats per token |',
    '| --- | --- |',
    ...(validation === undefined ? [] : [`| on data never trained on | ${validation.toFixed(4)} |`]),
    ...references.map((reference) => `| ${reference.name} | ${reference.loss.toFixed(4)} |`),
    '',
    ...(figures.length === 0 ? [] : figureLines(figures)),
    ...(await probeLines(model)),
    ...(written ? sampleLines(written) : []),
    '## Recipe',
    '',
    '```json',
    JSON.stringify(withoutPaths(recipe), undefined, 2),
    '```',
    '',
    '_Written by `subtext card`._',
    '',
  ];
  return { name, figures, text: lines.join('\n') };
}

function linesOf<Line>(directory: RunDirectory, name: string): Line[] {
  // A run of which nothing is sampled has no samples.
  if (!existsSync(directory.file(name))) return [];
  const lines = directory.read(name).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

function figuresOf(
  recipe: Recipe,
  model: LanguageModel,
  samples: number,
  cancellation: Cancellation,
): Promise<Figure[]> {
  // What reads both ways predicts no next token and writes nothing.
  if (!model.configuration.causal) return Promise.resolve([]);
  switch (recipe.data.kind) {
    case 'cfg':
      return grammarFigures(recipe, model, samples, cancellation);
    case 'stories':
      return storyFigures(recipe, model, samples, cancellation);
    case 'text':
      return Promise.resolve([]);
  }
}

function figureLines(figures: readonly Figure[]): string[] {
  return [
    '## Measured',
    '',
    '| | model | data | how |',
    '| --- | --- | --- | --- |',
    ...figures.map(
      (figure) =>
        `| ${figure.name} | ${inWords(figure, figure.value)} | ${figure.ofData === undefined ? '' : inWords(figure, figure.ofData)} | ${figure.how} |`,
    ),
    '',
  ];
}

function sampleLines({ step, samples }: SamplesLine): string[] {
  if (samples.length === 0) return [];
  const quoted = samples.map(({ text }) => text.trim().replace(/^/gm, '> ').replace(/> $/gm, '>'));
  return [`## Written at step ${step}`, '', quoted.join('\n\n---\n\n'), ''];
}

function architecture({ model: chosen }: Recipe, { configuration }: LanguageModel): string {
  const kind = 'architecture' in chosen ? chosen.architecture : `Fine-tuned model`;
  const { n_layers, n_heads, d_model, n_ctx, d_vocab } = configuration;
  return `${kind}: ${n_layers} ${n_layers === 1 ? 'layer' : 'layers'} of width ${d_model} with ${n_heads} ${n_heads === 1 ? 'head' : 'heads'}, context ${n_ctx}, vocabulary ${d_vocab}`;
}

function dataWords({ data }: Recipe): string {
  switch (data.kind) {
    case 'cfg':
      return `fresh strings of the grammar ${data.grammar.split(/[/\\]/).at(-1)}${data.drop > 0 ? ` without its ${data.drop} top levels` : ''}`;
    case 'stories':
      return data.instruct ? 'fresh generated stories with instructions' : 'fresh generated stories';
    case 'text':
      return 'text files';
  }
}

/** A card is for others: where things lay on this machine is left out. */
function withoutPaths(recipe: Recipe): unknown {
  return JSON.parse(JSON.stringify(recipe), (_, value: unknown) =>
    typeof value === 'string' && /^([A-Za-z]:)?[/\\]/.test(value) ? value.split(/[/\\]/).at(-1) : value,
  ) as unknown;
}

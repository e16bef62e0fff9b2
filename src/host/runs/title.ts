// What a run trains, in one line, from its recipe.
import { basename } from 'node:path';
import { count } from '../numbers';
import { isRecord } from './parse';

/** As the field calls them. */
const architectures: Record<string, string> = {
  gpt2: 'GPT-2 type',
  gpt_neo: 'GPT-Neo type',
  gpt_rotary: 'GPT with rotary positions',
  gpt_relative: 'GPT with relative positions',
  gpt_distance_only: 'GPT with distance-only attention',
  gpt_uniform: 'GPT with uniform attention',
  llama: 'Llama type',
  encoder: 'BERT type',
};

/** `GPT-2 type, 2 layers, width 64 · cfg3b`; '' where the recipe says nothing. */
export function titleOf(recipe: unknown): string {
  if (!isRecord(recipe)) return '';
  return [modelOf(recipe.model), dataOf(recipe.data)].filter((part) => part !== '').join(' · ');
}

function modelOf(model: unknown): string {
  if (!isRecord(model)) return '';
  const { architecture, layers, width, from, lora } = model;
  if (typeof from === 'string') return `${basename(from)}${isRecord(lora) ? ' with LoRA' : ', fine-tuned'}`;
  return [
    typeof architecture === 'string' ? architectureName(architecture) : '',
    typeof layers === 'number' ? `${count(layers)} ${layers === 1 ? 'layer' : 'layers'}` : '',
    typeof width === 'number' ? `width ${count(width)}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** An unknown one stands for itself, also one called like something that every object has. */
function architectureName(architecture: string): string {
  return Object.hasOwn(architectures, architecture) ? architectures[architecture] : architecture;
}

function dataOf(data: unknown): string {
  if (!isRecord(data)) return '';
  if (typeof data.grammar === 'string') return basename(data.grammar);
  const files = Array.isArray(data.files) ? data.files.filter((file) => typeof file === 'string') : [];
  if (files.length > 0)
    return `${basename(files[0])}${files.length > 1 ? ` and ${files.length - 1} more` : ''}`;
  if (data.kind === 'stories') return data.instruct === true ? 'stories after instructions' : 'stories';
  return typeof data.kind === 'string' ? data.kind : '';
}

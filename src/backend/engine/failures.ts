// What a person is told when an engine refuses a graph: which operation, where in the model, on which shapes, and the
// engine's own words.
import type { EngineName } from '../../protocol/types';
import { SubtextError } from '../errors';
import { resolveShape, type Bindings } from './graph/dimension';
import { describeType, type Node, type TensorType } from './graph/graph';
import type { Plan } from './executor';

export type Operation = Extract<Node, { kind: 'operation' }>;

/** What an engine was at: where it does not say itself at which operation it failed, `at` does. */
export interface Attempt {
  engine: EngineName;
  doing: 'compiling' | 'running';
  plan: Plan;
  /** Sizes of this run. */
  bindings?: Bindings;
  at?: Operation;
}

const REMEDIES: Record<Attempt['doing'], string> = {
  compiling: 'Use another engine (setting `subtext.engine`), and please report it with the log.',
  running: 'Try a shorter text, a smaller model or another engine.',
};

/** The name under which an engine knows a node, such as `blocks.3.attn/matmul_17`. */
export function nodeName(plan: Plan, node: Operation): string {
  const name = `${node.forms.name}_${plan.nodes.indexOf(node)}`;
  return node.scope === '' ? name : `${node.scope}/${name}`;
}

/** A failure inside an engine, told with its own words and with the operation that they are about. */
export function engineError(error: unknown, attempt: Attempt): SubtextError {
  if (error instanceof SubtextError) return error;
  const { engine, doing, plan, bindings } = attempt;
  const cause = error instanceof Error ? error.message : String(error);
  const node = attempt.at ?? namedNode(plan, cause);
  const what = node ? describeCall(node, bindings) : 'a graph';
  return new SubtextError(
    'engine-failed',
    `The ${engine} engine failed while ${doing} ${what}: ${cause}`,
    REMEDIES[doing],
  );
}

/** Runtimes keep the name inside those of the nodes that they make of several. */
export function namedNode(plan: Plan, message: string): Operation | undefined {
  for (const [, index] of message.matchAll(/[A-Za-z]_(\d+)/g)) {
    const node = plan.nodes.at(Number(index));
    if (node?.kind === 'operation' && message.includes(nodeName(plan, node))) return node;
  }
  return undefined;
}

function describeCall(node: Operation, bindings: Bindings = new Map()): string {
  const given = node.inputs.map((input) => describeType(resolved(input, bindings))).join(', ');
  const where = node.scope === '' ? '' : ` in ${node.scope}`;
  return `${node.forms.name}(${given})${where}`;
}

/** With sizes for names, where all of them are bound. */
function resolved({ type, shape }: TensorType, bindings: Bindings): TensorType {
  try {
    return { type, shape: resolveShape(shape, bindings) };
  } catch {
    return { type, shape };
  }
}

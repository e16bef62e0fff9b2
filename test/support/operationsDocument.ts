// docs/operations.md, made from the table of operations, their docstrings and their cases. `npm run docs` writes it.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeType, Graph, type Node } from '../../src/backend/engine/graph/graph';
import type { OnnxEmitter } from '../../src/backend/engine/graph/operation';
import { heldAs, type Provider } from '../../src/backend/engine/onnx/elementTypes';
import { operations } from '../../src/backend/engine/operations';
import { cases, type Case } from './operationCases';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const OPERATIONS_DOCUMENT = join(root, 'docs', 'operations.md');

const INTRODUCTION = `# Operations

<!-- Made by \`npm run docs\` from src/backend/engine/operations and test/support/operationCases.ts. -->

Everything that graphs are made of. Types are those of one use, from the operation's tests; sizes may be names there.
Each operation has a float64 reference, the definition that the other forms are tested against. With a "–" under
gradient stand those without a derivative. The ONNX operators are those of the \`cpu\` engine, in all the uses that are
tested; those of \`webgpu\` stand where they are others, because its provider lacks an operator, or has it less exact.
Rotary positions and masks (causal, windowed, from lengths) are made of these in \`src/backend/model/positions.ts\`, and
tested alike.

| operation | meaning | inputs → outputs, for example | gradient | ONNX operators | on WebGPU | TensorFlow.js |
| --- | --- | --- | --- | --- | --- | --- |
`;

export async function operationsDocument(): Promise<string> {
  const meanings = await docstrings();
  const uses = Object.values(cases).flatMap(operationsOf);
  const rows = [...operations.values()].map((forms) => {
    const [example] = Object.values(cases)
      .filter(({ covers }) => covers.includes(forms.name))
      .flatMap(operationsOf)
      .filter((use) => use.forms === forms);
    const written = (provider: Provider) => {
      const all = uses.filter((use) => use.forms === forms).flatMap((use) => onnxOperators(use, provider));
      return [...new Set(all)].join(', ');
    };
    const [onCpu, onWebgpu] = (['cpu', 'webgpu'] as const).map(written);
    return [
      `\`${forms.name}\``,
      meanings.get(forms.name) ?? '',
      `${example.inputs.map(describeType).join(', ')} → ${example.outputs.map(describeType).join(', ')}`,
      forms.gradient ? 'yes' : '–',
      onCpu,
      onWebgpu === onCpu ? '' : onWebgpu,
      'tfjs' in forms ? 'yes' : '–',
    ];
  });
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return INTRODUCTION + rows.map(line).join('');
}

/** What stands above each exported function of the operations, without its tags, on one line. */
async function docstrings(): Promise<Map<string, string>> {
  const folder = join(root, 'src/backend/engine/operations');
  const found = new Map<string, string>();
  for (const file of await readdir(folder)) {
    const source = await readFile(join(folder, file), 'utf8');
    const documented = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export (?:const|function) (\w+)/g;
    for (const [, comment, name] of source.matchAll(documented)) {
      const text = comment.replace(/^\s*\* ?/gm, ' ').split(' @')[0];
      found.set(name, text.replace(/\s+/g, ' ').trim());
    }
  }
  return found;
}

type OperationNode = Extract<Node, { kind: 'operation' }>;

function operationsOf({ given, build }: Case): OperationNode[] {
  const graph = new Graph();
  build(
    given.map(({ shape, declared, type }, index) =>
      graph.input(`x${index}`, type ?? 'float32', declared ?? shape),
    ),
  );
  return graph.nodes.filter((node) => node.kind === 'operation');
}

/** The operators that one node is written as. */
function onnxOperators({ forms, inputs, outputs, attributes }: OperationNode, provider: Provider): string[] {
  const written: string[] = [];
  const emitter: OnnxEmitter = {
    provider,
    hasFloat16: false,
    node: (operator, _inputs, _attributes, domain) => {
      written.push(domain ? `${domain}.${operator}` : operator);
      return operator;
    },
    nodes: (operator, _inputs, count) => {
      written.push(operator);
      return Array<string>(count).fill(operator);
    },
    int64: () => '',
    int32: () => '',
    float: () => '',
    constant: () => '',
    cast: (value, from, to) => {
      if (heldAs(from, provider) !== heldAs(to, provider)) written.push('Cast');
      return value;
    },
    known: (shape) => (shape.every((size) => typeof size === 'number') ? [...shape] : undefined),
    reshapeTarget: () => '',
  };
  const names = inputs.map(() => '');
  forms.onnx(emitter, names, attributes, { inputs, outputs });
  return written;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  void operationsDocument().then((text) => writeFile(OPERATIONS_DOCUMENT, text));
}

import { tryEngine } from './support/engines';
import { Graph } from '../src/backend/engine/graph/graph';
import * as op from '../src/backend/engine/operations';
import { ReferenceExecutor } from '../src/backend/engine/reference/executor';
import { seededNormal } from '../src/backend/random';
void (async () => {
  const ex = await tryEngine('webgpu'); if (typeof ex === 'string') return console.log(ex);
  for (const w of [256, 257, 65, 1024, 3]) {
    const g = new Graph(); const x = g.input('x', 'float32', [6, w]); const a = g.input('a', 'float32', [w]); const b = g.input('b', 'float32', [w]);
    const y = op.layerNorm(x, a, b, 1e-5);
    const n = seededNormal(1); const T = (s: number[]) => ({ type: 'float32' as const, shape: s, data: Float32Array.from({ length: s.reduce((p, q) => p * q, 1) }, () => 2 * n()) });
    const [, c, inv] = y.node.outputs;
    const out = new Map([['y', y], ['c', c], ['inv', inv], ['ss', op.squareRoot(op.average(op.multiply(x,x)))], ['rec', op.reciprocal(op.squareRoot(op.average(op.multiply(x,x))))]]);
    const inp = new Map([['x', T([6, w])], ['a', T([w])], ['b', T([w])]]);
    const r = await (await new ReferenceExecutor().compile(g, out, new Map())).run(inp);
    const f = await (await ex.compile(g, out, new Map())).run(inp);
    for (const k of out.keys()) { const R = r.get(k)!.data, F = f.get(k)!.data; let e = 0, m = 0; R.forEach((v, i) => { e = Math.max(e, Math.abs(v - F[i])); m = Math.max(m, Math.abs(v)); }); console.log(w, k, (e / m).toExponential(2)); }
  }
  process.exit(0);
})();

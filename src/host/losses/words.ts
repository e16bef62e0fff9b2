// What is said of losses before and after. No 'vscode'.
import type { LossComparison } from '../../protocol/losses';
import { short, shortAndExact } from '../numbers';

/** The two readers in words: models where these differ, else with and without interventions. */
export function readers({ source, before }: LossComparison): { before: string; after: string } {
  if (before.model === source.model) {
    return { before: changes(before.interventions), after: changes(source.interventions) };
  }
  return {
    before: named(before.modelName, before.interventions),
    after: named(source.modelName, source.interventions),
  };
}

/** The line above the text: the change, what the colours mean, and the totals, in that order: a narrow editor cuts it. */
export function lineOf(comparison: LossComparison): string {
  const { total, alignedBy } = comparison;
  if (total.spans === 0) return 'No token has one before it: there is no loss · Esc clears';
  const unit =
    alignedBy === 'tokens'
      ? { count: total.tokensAfter, name: 'token' }
      : { count: total.characters, name: 'character' };
  const [before, after] = [total.before / unit.count, total.after / unit.count];
  const { after: changed } = readers(comparison);
  const change = `Loss ${signed(after - before)} nats per ${unit.name}`;
  return `${change} · blue worse, orange better ${under(changed)} · ${short(before)} → ${short(after)} · Esc clears`;
}

/** What the hover says of a span. */
export function describeLoss(comparison: LossComparison, span: number): string {
  const before = comparison.lossBefore[span];
  const after = comparison.lossAfter[span];
  if (Number.isNaN(before) || Number.isNaN(after)) return 'has no loss: nothing before it predicts it';
  const names = readers(comparison);
  const difference = Math.fround(after - before);
  const verdict =
    difference === 0 ? 'the same' : `${signed(difference)} nats, ${difference > 0 ? 'worse' : 'better'}`;
  return `loss ${shortAndExact(before)} nats ${under(names.before)}, ${shortAndExact(after)} ${under(names.after)}: ${verdict}`;
}

/** With its sign: `+0.232`. */
export function signed(value: number): string {
  return value > 0 ? `+${short(value)}` : short(value);
}

function changes(interventions: number): string {
  if (interventions === 0) return 'without interventions';
  return `with ${interventions} ${interventions === 1 ? 'intervention' : 'interventions'}`;
}

function named(model: string, interventions: number): string {
  return interventions === 0 ? model : `${model} ${changes(interventions)}`;
}

/** 'with …' needs no other word before it; a model does. */
function under(reader: string): string {
  return /^with(out)? /.test(reader) ? reader : `under ${reader}`;
}

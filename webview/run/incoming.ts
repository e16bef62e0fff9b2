// Messages from the host with their typed arrays made sure of, and numbers that are none made NaN.
import type { EvaluationColumns, RunPoints, ToRunView, TrainColumns } from '../../src/protocol/runViews';
import { asFloat32, asFloat64, asInt32 } from '../shared/arrays';

/** The message as the protocol says it, whatever VS Code made of its typed arrays. */
export function normalise(message: ToRunView): ToRunView {
  return message.type === 'points' ? { ...message, points: normalisePoints(message.points) } : message;
}

function normalisePoints({ train, evaluation, ...points }: RunPoints): RunPoints {
  return {
    ...points,
    train: {
      ...places(train),
      loss: finite(train.loss),
      lr: finite(train.lr),
      gradientNorm: finite(train.gradientNorm),
      tokensPerSecond: finite(train.tokensPerSecond),
    },
    evaluation: { ...places(evaluation), loss: finite(evaluation.loss) },
  };
}

function places({
  step,
  tokens,
  seconds,
}: TrainColumns | EvaluationColumns): Pick<TrainColumns, 'step' | 'tokens' | 'seconds'> {
  return { step: asInt32(step), tokens: asFloat64(tokens), seconds: asFloat64(seconds) };
}

/** An infinite loss has no place on an axis: the line has a gap there, as for NaN. */
function finite(value: unknown): Float32Array {
  const column = asFloat32(value);
  for (let index = 0; index < column.length; index++) {
    if (!Number.isFinite(column[index])) column[index] = NaN;
  }
  return column;
}

// Operations that engines lack: in a process of an engine they are known once this module is loaded there.
import { defineOperation } from '../../src/backend/engine/graph/operation';

const lacking = (name: string, operator: string) =>
  defineOperation<null>({
    name,
    infer: ([x]) => [x],
    gradient: null,
    reference: ([x]) => [x],
    onnx: (emit, [x]) => [emit.node(operator, [x])],
    tfjs: () => {
      throw new Error('NoSuchKernel');
    },
  });

/** As if every provider lacked one of ours. */
export const missing = lacking('missing', 'NoSuchOperator');

/** A real operator, which only the processor has. */
export const processorOnly = lacking('processorOnly', 'Shrink');

// subtext devices: the engines, and whether each can be used here.
import { listEngines } from '../../backend/engine/engines';
import type { Command } from '../command';
import { table } from '../output';

export const devices: Command = {
  name: 'devices',
  summary: 'Lists the engines and whether each can be used.',
  options: {},
  async run(_values, output) {
    const engines = await listEngines({ threads: 0 });
    output.answer(
      () => engines,
      () =>
        table(
          engines.map(({ engine, usable, adapter, features, reason }) => [
            engine,
            usable ? 'usable' : 'not usable',
            usable ? [adapter, ...features].join(', ') : (reason ?? ''),
          ]),
        ),
    );
  },
};

// NVIDIA's cards, from its own program, or where that does not answer from what its driver shows under /proc.
import type { GraphicsCard } from './card';
import type { MachineTools } from './tools';

/** https://docs.nvidia.com/deploy/nvidia-smi: `nvidia-smi --help-query-gpu` lists the names. */
const FACTS = ['name', 'memory.total', 'driver_version', 'compute_cap'];

export async function nvidiaCards(tools: MachineTools): Promise<GraphicsCard[]> {
  if (tools.platform === 'darwin') return [];
  for (const program of programs(tools)) {
    // A driver older than 470 does not know compute_cap, and then answers nothing.
    for (const facts of [FACTS, FACTS.slice(0, -1)]) {
      const printed = await tools.run(program, [
        `--query-gpu=${facts.join()}`,
        '--format=csv,noheader,nounits',
      ]);
      const cards = printed === undefined ? [] : readCards(printed);
      if (cards.length > 0) return cards;
    }
  }
  return tools.platform === 'linux' ? cardsOfProc(tools) : [];
}

/** By absolute path where it is known: what lies on the PATH may be anything. */
function programs({ platform, environment }: MachineTools): string[] {
  if (platform === 'win32') return [`${environment.SystemRoot ?? 'C:\\Windows'}\\System32\\nvidia-smi.exe`];
  // The second is where the Windows Subsystem for Linux has it.
  return ['/usr/bin/nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi', 'nvidia-smi'];
}

/** Lines as `NVIDIA GeForce RTX 3090, 24576, 535.129.03, 8.6`; memory in MiB; `[N/A]` for what is not known. */
function readCards(printed: string): GraphicsCard[] {
  return printed.split(/\r?\n/).flatMap((line): GraphicsCard[] => {
    const [name, memory = '', driver = '', capability = ''] = line.split(',').map((fact) => fact.trim());
    // Anything else that it may print, such as why it fails, is no list of facts.
    if (!name || !/^\d+(\.\d+)+$/.test(driver)) return [];
    return [
      {
        name,
        vendor: 'nvidia',
        memory: /^\d+$/.test(memory) ? Number(memory) * 2 ** 20 : null,
        driver,
        computeCapability: /^\d+\.\d+$/.test(capability) ? Number(capability) : null,
      },
    ];
  });
}

async function cardsOfProc({ file, folder }: MachineTools): Promise<GraphicsCard[]> {
  const base = '/proc/driver/nvidia';
  const version = await file(`${base}/version`);
  if (version === undefined) return [];
  const driver =
    /NVRM version:.*?(?:Kernel Module(?: for \S+)?)\s+(\d+(?:\.\d+)+)/.exec(version)?.[1] ?? null;
  const places = await folder(`${base}/gpus`);
  const cards = await Promise.all(
    places.map(async (place): Promise<GraphicsCard[]> => {
      const information = (await file(`${base}/gpus/${place}/information`)) ?? '';
      const name = /^Model:\s*(.+?)\s*$/m.exec(information)?.[1];
      return name ? [{ name, vendor: 'nvidia', memory: null, driver, computeCapability: null }] : [];
    }),
  );
  return cards.flat();
}

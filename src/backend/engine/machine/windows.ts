// The graphics cards of Windows: its video controllers, and their memory from the registry, where it has more than 32 bits.
import { vendorOf, type GraphicsCard } from './card';
import type { MachineTools } from './tools';

/** The class of display adapters in the registry (https://learn.microsoft.com/windows-hardware/drivers/install/). */
const CLASS = 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\0*';

const SCRIPT = [
  "$ErrorActionPreference = 'SilentlyContinue'",
  '$controllers = @(Get-CimInstance Win32_VideoController | Select-Object Name, AdapterRAM, DriverVersion)',
  `$memory = @(Get-ItemProperty '${CLASS}' | Select-Object DriverDesc, @{ n = 'Bytes'; e = { $_.'HardwareInformation.qwMemorySize' } })`,
  'ConvertTo-Json -Compress -Depth 3 @{ controllers = $controllers; memory = $memory }',
].join('; ');

/** What AdapterRAM says at most: 32 bits, rounded down to a page. */
const MOST_IN_32_BITS = 2 ** 32 - 2 ** 21;

export async function windowsCards(tools: MachineTools): Promise<GraphicsCard[]> {
  const shell = `${tools.environment.SystemRoot ?? 'C:\\Windows'}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
  const printed = await tools.run(shell, ['-NoProfile', '-NonInteractive', '-Command', SCRIPT]);
  const { controllers, memory } = readAnswer(printed ?? '');
  return controllers.flatMap((controller): GraphicsCard[] => {
    const { Name: name, AdapterRAM: ram, DriverVersion: driver } = controller;
    // What Windows shows a screen with where there is no driver computes nothing.
    if (typeof name !== 'string' || /^Microsoft (Basic|Remote|Hyper-V)/i.test(name)) return [];
    const stated = memory.find(({ DriverDesc }) => DriverDesc === name)?.Bytes;
    const small = typeof ram === 'number' && ram > 0 && ram < MOST_IN_32_BITS ? ram : null;
    return [
      {
        name,
        vendor: vendorOf(name),
        memory: typeof stated === 'number' && stated > 0 ? stated : small,
        driver: typeof driver === 'string' ? driverVersion(driver, name) : null,
        computeCapability: null,
      },
    ];
  });
}

/** NVIDIA's own number is the end of Windows's: 31.0.15.3623 is 536.23. */
function driverVersion(driver: string, name: string): string {
  const own = vendorOf(name) === 'nvidia' && /(\d)\.(\d{2})(\d{2})$/.exec(driver);
  return own ? `${own[1]}${own[2]}.${own[3]}` : driver;
}

interface Answer {
  controllers: Record<string, unknown>[];
  memory: Record<string, unknown>[];
}

function readAnswer(printed: string): Answer {
  try {
    // Windows PowerShell may begin with a byte order mark.
    const answer = JSON.parse(printed.replace(/^\uFEFF/, '')) as Partial<Answer> | null;
    return { controllers: objects(answer?.controllers), memory: objects(answer?.memory) };
  } catch {
    return { controllers: [], memory: [] };
  }
}

/** PowerShell writes a list of one as the one. */
function objects(value: unknown): Record<string, unknown>[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null);
}

// The graphics cards of macOS, from its system report.
import { totalmem } from 'node:os';
import { isObject } from '../../files';
import { vendorOf, type GraphicsCard } from './card';
import type { MachineTools } from './tools';

export async function macosCards(tools: MachineTools, total = totalmem()): Promise<GraphicsCard[]> {
  const printed = await tools.run('/usr/sbin/system_profiler', ['SPDisplaysDataType', '-json']);
  return readReport(printed ?? '').flatMap((entry): GraphicsCard[] => {
    const name = textOf(entry, 'sppci_model') ?? textOf(entry, '_name');
    if (name === undefined) return [];
    const vendor = vendorOf(`${name} ${textOf(entry, 'spdisplays_vendor') ?? ''}`);
    const given = textOf(entry, 'spdisplays_vram') ?? textOf(entry, 'spdisplays_vram_shared');
    return [
      {
        name,
        vendor,
        // Apple's own have no memory of their own: they use the machine's.
        memory: bytesOf(given) ?? (vendor === 'apple' ? total : null),
        driver: null,
        computeCapability: null,
      },
    ];
  });
}

function readReport(printed: string): Record<string, unknown>[] {
  try {
    const report = JSON.parse(printed) as { SPDisplaysDataType?: unknown } | null;
    const entries: unknown[] = Array.isArray(report?.SPDisplaysDataType) ? report.SPDisplaysDataType : [];
    return entries.filter(isObject);
  } catch {
    return [];
  }
}

function textOf(entry: Record<string, unknown>, key: string): string | undefined {
  const value = entry[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** '8 GB', '1536 MB'. */
function bytesOf(text: string | undefined): number | undefined {
  const match = /^(\d+) ([GM])B$/.exec(text ?? '');
  return match ? Number(match[1]) * 2 ** (match[2] === 'G' ? 30 : 20) : undefined;
}

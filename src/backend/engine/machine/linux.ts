// The graphics cards that Linux shows under /sys; their names stand in the system's table of PCI devices, if it has one.
import type { GraphicsCard } from './card';
import type { MachineTools } from './tools';

const CARDS = '/sys/class/drm';
/** Debian and Ubuntu; Fedora, Arch and others. */
const PCI_NAMES = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids'];

const VENDORS = new Map<string, GraphicsCard['vendor']>([
  ['10de', 'nvidia'],
  ['1002', 'amd'],
  ['8086', 'intel'],
  ['106b', 'apple'],
]);
/** Drivers of virtual screens, behind which there is nothing that computes. */
const SCREENS = new Set([
  'bochs-drm',
  'bochs',
  'cirrus',
  'qxl',
  'vmwgfx',
  'hyperv_drm',
  'simpledrm',
  'ast',
  'mgag200',
]);

export async function linuxCards({ file, folder }: MachineTools): Promise<GraphicsCard[]> {
  const names = (await folder(CARDS)).filter((name) => /^card\d+$/.test(name));
  const cards = await Promise.all(
    names.map(async (name): Promise<GraphicsCard[]> => {
      const device = `${CARDS}/${name}/device`;
      const about = (await file(`${device}/uevent`)) ?? '';
      const driver = /^DRIVER=(.+)$/m.exec(about)?.[1] ?? null;
      const id = /^PCI_ID=([0-9A-F]{4}:[0-9A-F]{4})$/im.exec(about)?.[1].toLowerCase();
      if (id === undefined || SCREENS.has(driver ?? '')) return [];
      const [vendor, model] = id.split(':');
      const memory = await file(`${device}/mem_info_vram_total`);
      return [
        {
          name: await nameOf(file, vendor, model),
          vendor: vendorOf(vendor),
          memory: memory !== undefined && /^\d+\s*$/.test(memory) ? Number(memory) : null,
          driver,
          computeCapability: null,
        },
      ];
    }),
  );
  return cards.flat();
}

function vendorOf(number: string): GraphicsCard['vendor'] {
  return VENDORS.get(number) ?? 'other';
}

/** The table has vendors at the beginning of a line, and their devices, each after a tab, below. */
async function nameOf(file: MachineTools['file'], vendor: string, model: string): Promise<string> {
  const tables = await Promise.all(PCI_NAMES.map(file));
  const table = tables.find((each) => each !== undefined) ?? '';
  const start = table.search(new RegExp(`^${vendor}  `, 'm'));
  if (start === -1) return `${VENDORS.get(vendor) ?? 'PCI'} ${vendor}:${model}`;
  const rest = table.slice(start);
  const maker = /^\w{4} {2}(.*)$/m.exec(rest)![1];
  const end = rest.search(/\n[^\t#\n]/);
  const own = end === -1 ? rest : rest.slice(0, end);
  const title = new RegExp(`^\\t${model}  (.*)$`, 'm').exec(own)?.[1] ?? `${vendor}:${model}`;
  return `${short(maker)} ${/\[(.+)\]/.exec(title)?.[1] ?? title}`;
}

/** 'Advanced Micro Devices, Inc. [AMD/ATI]' → 'AMD', 'Intel Corporation' → 'Intel'. */
function short(maker: string): string {
  const familiar = /\[(\w+)/.exec(maker)?.[1];
  return familiar ?? maker.replace(/,? (Corporation|Corp\.?|Inc\.?|Ltd\.?|Co\.).*$/, '');
}

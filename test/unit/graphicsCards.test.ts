// What the system's programs and files say of graphics cards, as they really say it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardName, describeMachine } from '../../src/backend/engine/machine/cards';
import { SYSTEM_TOOLS, runTool } from '../../src/backend/engine/machine/tools';
import { GIB, toolsOf } from '../support/machines';

const RTX = 'NVIDIA GeForce RTX 3090, 24576, 535.129.03, 8.6\n';

test("NVIDIA's cards are what its own program says", async () => {
  const { cards } = await describeMachine(toolsOf({ programs: { '/usr/bin/nvidia-smi': RTX } }));
  assert.deepEqual(cards, [
    {
      name: 'NVIDIA GeForce RTX 3090',
      vendor: 'nvidia',
      memory: 24 * GIB,
      driver: '535.129.03',
      computeCapability: 8.6,
    },
  ]);
  assert.equal(cardName(cards[0]), 'NVIDIA GeForce RTX 3090, 24 GB');
});

test('a driver that does not know the compute capability is asked without it', async () => {
  const tools = toolsOf({});
  tools.run = (_, [query]) =>
    Promise.resolve(query.includes('compute_cap') ? undefined : 'Tesla K80, 11441, 418.67\n');
  const { cards } = await describeMachine(tools);
  assert.equal(cards[0].name, 'Tesla K80');
  assert.equal(cards[0].computeCapability, null);
});

test("of memory that is not known (NVIDIA's chips with shared memory) nothing is said", async () => {
  const shared = 'NVIDIA GB10, [N/A], 580.95.05, 12.1\n';
  const { cards } = await describeMachine(toolsOf({ programs: { '/usr/bin/nvidia-smi': shared } }));
  assert.equal(cards[0].memory, null);
  assert.equal(cards[0].computeCapability, 12.1);
});

test('what the program says of its failure is no card', async () => {
  const failure =
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n";
  for (const printed of [
    failure,
    'Failed to initialize NVML: Driver/library version mismatch\n',
    '',
    ',,,\n',
    '\0\uFFFD,1,2',
  ]) {
    const { cards } = await describeMachine(toolsOf({ programs: { '/usr/bin/nvidia-smi': printed } }));
    assert.deepEqual(cards, [], printed);
  }
});

test('without the program the driver itself is read', async () => {
  const files = {
    '/proc/driver/nvidia/version':
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\nGCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n',
    '/proc/driver/nvidia/gpus/0000:01:00.0/information':
      'Model: \t\t NVIDIA GeForce RTX 3090\nIRQ:   \t\t 141\nGPU UUID: \t GPU-0\nVideo BIOS: \t 94.02.42.00.b4\n',
  };
  const { cards } = await describeMachine(toolsOf({ files }));
  assert.deepEqual(cards, [
    {
      name: 'NVIDIA GeForce RTX 3090',
      vendor: 'nvidia',
      memory: null,
      driver: '535.129.03',
      computeCapability: null,
    },
  ]);
});

test('the open kernel module writes its version in another line', async () => {
  const files = {
    '/proc/driver/nvidia/version':
      'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.14  Release Build  (dvs-builder)\n',
    '/proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA L4\n',
  };
  const { cards } = await describeMachine(toolsOf({ files }));
  assert.equal(cards[0].driver, '550.54.14');
});

test('Linux shows other cards under /sys, and their names in its table of PCI devices', async () => {
  const files = {
    '/sys/class/drm/card0/device/uevent':
      'DRIVER=i915\nPCI_CLASS=30000\nPCI_ID=8086:3E9B\nPCI_SUBSYS_ID=1028:0869\nPCI_SLOT_NAME=0000:00:02.0\n',
    '/sys/class/drm/card1/device/uevent':
      'DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:744C\nPCI_SUBSYS_ID=1EAE:7901\n',
    '/sys/class/drm/card1/device/mem_info_vram_total': '25753026560\n',
    '/sys/class/drm/card1-DP-1/status': 'connected\n',
    // A virtual machine's screen.
    '/sys/class/drm/card2/device/uevent': 'DRIVER=bochs-drm\nPCI_CLASS=30000\nPCI_ID=1234:1111\n',
    '/usr/share/misc/pci.ids': [
      '# PCI IDs',
      '1002  Advanced Micro Devices, Inc. [AMD/ATI]',
      '\t744c  Navi 31 [Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M]',
      '\t\t1da2 471e  PULSE RX 7900 XTX',
      '8086  Intel Corporation',
      '\t3e9b  CoffeeLake-H GT2 [UHD Graphics 630]',
      'ffff  Illegal Vendor ID',
      '',
    ].join('\n'),
  };
  const { cards, api } = await describeMachine(toolsOf({ files }));
  assert.deepEqual(
    cards.map(({ name, vendor, memory, driver }) => [name, vendor, memory, driver]),
    [
      ['AMD Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M', 'amd', 25753026560, 'amdgpu'],
      ['Intel UHD Graphics 630', 'intel', null, 'i915'],
    ],
  );
  assert.equal(api, 'Vulkan');
});

test('without that table a card is called by its number', async () => {
  const files = { '/sys/class/drm/card0/device/uevent': 'DRIVER=nouveau\nPCI_ID=10DE:2204\n' };
  const { cards } = await describeMachine(toolsOf({ files }));
  assert.equal(cards[0].name, 'nvidia 10de:2204');
  assert.equal(cards[0].driver, 'nouveau');
});

test("a card of NVIDIA's is listed once", async () => {
  const files = { '/sys/class/drm/card0/device/uevent': 'DRIVER=nvidia\nPCI_ID=10DE:2204\n' };
  const { cards } = await describeMachine(toolsOf({ files, programs: { '/usr/bin/nvidia-smi': RTX } }));
  assert.equal(cards.length, 1);
});

const M1 = {
  SPDisplaysDataType: [
    {
      _name: 'kHW_AppleM1Item',
      spdisplays_mtlgpufamilysupport: 'spdisplays_metal3',
      spdisplays_ndrvs: [{ _name: 'Color LCD', _spdisplays_pixels: '2880 x 1800' }],
      spdisplays_vendor: 'sppci_vendor_Apple',
      sppci_bus: 'spdisplays_builtin',
      sppci_cores: '8',
      sppci_device_type: 'spdisplays_gpu',
      sppci_model: 'Apple M1',
    },
  ],
};

test("Apple's own chips share the machine's memory", async () => {
  const report = { '/usr/sbin/system_profiler': JSON.stringify(M1) };
  const { cards, api, vulkan } = await describeMachine(
    toolsOf({ platform: 'darwin', arch: 'arm64', programs: report }),
  );
  assert.equal(cards[0].name, 'Apple M1');
  assert.equal(cards[0].vendor, 'apple');
  assert.ok(cards[0].memory! > GIB);
  assert.equal(api, 'Metal');
  assert.equal(vulkan, null);
});

test('a Mac with two cards lists the stronger first', async () => {
  const report = {
    SPDisplaysDataType: [
      {
        _name: 'kHW_IntelUHDGraphics630Item',
        spdisplays_vram_shared: '1536 MB',
        sppci_model: 'Intel UHD Graphics 630',
      },
      { _name: 'kHW_AMDRadeonPro5500MItem', spdisplays_vram: '8 GB', sppci_model: 'AMD Radeon Pro 5500M' },
    ],
  };
  const programs = { '/usr/sbin/system_profiler': JSON.stringify(report) };
  const { cards } = await describeMachine(toolsOf({ platform: 'darwin', programs }));
  assert.deepEqual(
    cards.map(({ name, memory }) => [name, memory]),
    [
      ['AMD Radeon Pro 5500M', 8 * GIB],
      ['Intel UHD Graphics 630', 1.5 * GIB],
    ],
  );
});

test('a report that is none is no card', async () => {
  for (const printed of [
    '',
    'null',
    '[]',
    '{"SPDisplaysDataType":7}',
    '{"SPDisplaysDataType":[null,{"_name":3}]}',
    '{"SPDisp',
  ]) {
    const { cards } = await describeMachine(
      toolsOf({ platform: 'darwin', programs: { '/usr/sbin/system_profiler': printed } }),
    );
    assert.deepEqual(cards, [], printed);
  }
});

const POWERSHELL = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

test('Windows states the memory of large cards in its registry alone', async () => {
  const answer =
    '\uFEFF{"controllers":[{"Name":"Intel(R) UHD Graphics 770","AdapterRAM":1073741824,"DriverVersion":"31.0.101.4502"},' +
    '{"Name":"AMD Radeon RX 7900 XTX","AdapterRAM":4293918720,"DriverVersion":"31.0.24002.92"}],' +
    '"memory":[{"DriverDesc":"AMD Radeon RX 7900 XTX","Bytes":25753026560},{"DriverDesc":"Intel(R) UHD Graphics 770","Bytes":null}]}\r\n';
  const { cards, api } = await describeMachine(
    toolsOf({ platform: 'win32', programs: { [POWERSHELL]: answer } }),
  );
  assert.deepEqual(
    cards.map(({ name, memory }) => [name, memory]),
    [
      ['AMD Radeon RX 7900 XTX', 25753026560],
      ['Intel(R) UHD Graphics 770', GIB],
    ],
  );
  assert.equal(api, 'Direct3D 12');
});

test("Windows's list of one, NVIDIA's version in it, and a screen without a card", async () => {
  const one =
    '{"controllers":{"Name":"NVIDIA GeForce GTX 1080","AdapterRAM":4293918720,"DriverVersion":"31.0.15.3623"},"memory":{"DriverDesc":"NVIDIA GeForce GTX 1080"}}';
  const { cards } = await describeMachine(toolsOf({ platform: 'win32', programs: { [POWERSHELL]: one } }));
  assert.deepEqual([cards[0].driver, cards[0].memory], ['536.23', null]);
  const basic =
    '{"controllers":[{"Name":"Microsoft Basic Display Adapter","AdapterRAM":0,"DriverVersion":"10.0"}],"memory":[]}';
  const without = await describeMachine(toolsOf({ platform: 'win32', programs: { [POWERSHELL]: basic } }));
  assert.deepEqual(without.cards, []);
});

test('a program that hangs is ended, also where its own children keep its output open', async () => {
  const started = Date.now();
  const hanging = [
    '-e',
    "require('child_process').spawn('sleep', ['30'], { stdio: 'inherit' }); setTimeout(() => {}, 30_000)",
  ];
  assert.equal(await runTool(process.execPath, hanging, 300), undefined);
  assert.ok(Date.now() - started < 5000);
});

test('a program that is not there, or fails, or prints without end says nothing', async () => {
  assert.equal(await runTool('/nonexistent/program', []), undefined);
  assert.equal(await runTool(process.execPath, ['-e', 'console.log(1); process.exit(3)']), undefined);
  const endless = "for (;;) require('fs').writeSync(1, 'x'.repeat(65536))";
  assert.equal(await runTool(process.execPath, ['-e', endless]), undefined);
});

test(
  'a library that is there can be loaded, one that is not says so',
  { skip: process.platform !== 'linux' },
  async () => {
    const unloadable = await SYSTEM_TOOLS.unloadable(['libc.so.6', 'libnothing-of-the-kind.so.1']);
    assert.deepEqual([...unloadable.keys()], ['libnothing-of-the-kind.so.1']);
    assert.match([...unloadable.values()][0], /No such file/);
  },
);

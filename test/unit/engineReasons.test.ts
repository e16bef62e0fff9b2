// Why an engine that needs a graphics card cannot be used: what is told, and what would help.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totalMemory } from '../../src/backend/engine/availableMemory';
import { adapterIn } from '../../src/backend/engine/hindrances';
import type { GraphicsCard } from '../../src/backend/engine/machine/card';
import { describeMachine, type Machine } from '../../src/backend/engine/machine/cards';
import { cudaHindrance, onlySoftware, webgpuHindrance } from '../../src/backend/engine/machine/reasons';
import { newerThan } from '../../src/backend/engine/machine/versions';
import { GIB, machine, nvidia, toolsOf, vulkanDriver } from '../support/machines';

const webgpu = (given: Machine, byName = false) => webgpuHindrance(given, byName)?.line;
const cuda = (given: Machine) => cudaHindrance(given)?.line;
const card = { '/sys/class/drm/card0/device/uevent': 'DRIVER=amdgpu\nPCI_ID=1002:744C\n' };

test('a card with its Vulkan driver has nothing in its way', async () => {
  const files = {
    ...card,
    ...vulkanDriver('/usr/share/vulkan/icd.d/radeon_icd.x86_64.json', '/usr/lib/libvulkan_radeon.so'),
  };
  const found = await describeMachine(toolsOf({ files }));
  assert.equal(webgpu(found), undefined);
  assert.equal(onlySoftware(found), false);
});

test('no Vulkan loader: its package is named', async () => {
  const found = await describeMachine(toolsOf({ files: card, missing: ['libvulkan.so.1'] }));
  assert.match(
    webgpu(found)!,
    /^There is no Vulkan loader \(.*No such file.*\)\. Install libvulkan1 \(Debian, Ubuntu\)/,
  );
});

test('no driver file: the driver of the card is named', async () => {
  const found = await describeMachine(toolsOf({ files: card }));
  assert.match(
    webgpu(found)!,
    /^There is no Vulkan driver\. Install the Vulkan driver of amd 1002:744c: mesa-vulkan-drivers/,
  );
});

test('a driver file that is damaged is none', async () => {
  const files = {
    ...card,
    '/etc/vulkan/icd.d/broken.json': '{"ICD":{"library_path":',
    '/etc/vulkan/icd.d/other.json': '[]',
  };
  assert.match(webgpu(await describeMachine(toolsOf({ files })))!, /^There is no Vulkan driver/);
});

test('a variable that names a driver that is not there is told as such', async () => {
  const environment = { VK_DRIVER_FILES: '/nowhere/icd.json' };
  assert.match(
    webgpu(await describeMachine(toolsOf({ environment })))!,
    /^VK_DRIVER_FILES or VK_ICD_FILENAMES names no/,
  );
});

test('an adapter of software is used by name only', async () => {
  const swiftshader = '/usr/lib/chromium/vk_swiftshader_icd.json';
  const found = await describeMachine(
    toolsOf({
      environment: { VK_DRIVER_FILES: swiftshader },
      files: vulkanDriver(swiftshader, './libvk_swiftshader.so'),
    }),
  );
  assert.match(webgpu(found)!, /only a software adapter.* choose webgpu by name/);
  assert.equal(webgpu(found, true), undefined);
});

test('a card whose own driver is missing computes in software too', async () => {
  const files = {
    ...card,
    ...vulkanDriver('/usr/share/vulkan/icd.d/lvp_icd.x86_64.json', 'libvulkan_lvp.so'),
  };
  assert.equal(onlySoftware(await describeMachine(toolsOf({ files }))), true);
});

test("drivers of Mesa's without a card are software", async () => {
  const files = {
    ...vulkanDriver('/usr/share/vulkan/icd.d/radeon_icd.x86_64.json', 'libvulkan_radeon.so'),
    ...vulkanDriver('/usr/share/vulkan/icd.d/lvp_icd.x86_64.json', 'libvulkan_lvp.so'),
  };
  assert.equal(onlySoftware(await describeMachine(toolsOf({ files }))), true);
});

test('Linux under Windows computes on a card that it does not see', async () => {
  const files = vulkanDriver('/usr/share/vulkan/icd.d/dzn_icd.x86_64.json', 'libvulkan_dzn.so');
  assert.equal(onlySoftware(await describeMachine(toolsOf({ files }))), false);
});

test('a platform without a binary', () => {
  assert.match(
    webgpu(machine({ arch: 'arm64' }))!,
    /^ONNX Runtime has no WebGPU for linux-arm64\. Use the cpu engine/,
  );
  assert.match(webgpu(machine({ platform: 'darwin', arch: 'x64', vulkan: null }))!, /darwin-x64/);
});

test('Windows and macOS have only to have a card', () => {
  const there = machine({ platform: 'win32', vulkan: null });
  assert.equal(webgpu(there), undefined);
  assert.match(webgpu({ ...there, cards: [] })!, /^No graphics card was found\. Install the card's driver/);
});

test('CUDA has to have a card of NVIDIA with a recent driver of its own', () => {
  assert.equal(cuda(machine()), undefined);
  assert.match(cuda(machine({ cards: [] }))!, /^No NVIDIA card or driver was found/);
  assert.match(
    cuda(machine({ cards: [nvidia({ vendor: 'amd', name: 'AMD Radeon' })] }))!,
    /^AMD Radeon, 24 GB is no NVIDIA card/,
  );
  assert.match(
    cuda(machine({ cards: [nvidia({ driver: 'nouveau' })] }))!,
    /has no driver by NVIDIA \(nouveau\)\. Install/,
  );
  assert.match(
    cuda(machine({ cards: [nvidia({ driver: '390.157' })] }))!,
    /^The driver 390\.157 of .* is too old\. Install .* 525\.60\.13/,
  );
  assert.match(cuda(machine({ platform: 'darwin' }))!, /^macOS has no CUDA/);
  assert.match(cuda(machine({ arch: 'arm64' }))!, /^There is no CUDA engine for linux-arm64/);
});

test('versions are compared by their numbers', () => {
  assert.equal(newerThan('525.60.13', '525.60.13'), true);
  assert.equal(newerThan('525.60', '525.60.13'), false);
  assert.equal(newerThan('525.105.17', '525.60.13'), true);
  assert.equal(newerThan('470.256.02', '525.60.13'), false);
  assert.equal(newerThan('1000', '525.60.13'), true);
});

test('what stands in for a card is named by its software, whatever other drivers there are', async () => {
  const folder = '/usr/share/vulkan/icd.d';
  const drivers = {
    ...vulkanDriver(`${folder}/intel_icd.x86_64.json`, '/usr/lib/libvulkan_intel.so'),
    ...vulkanDriver(`${folder}/lvp_icd.x86_64.json`, '/usr/lib/libvulkan_lvp.so'),
  };
  const found = await describeMachine(toolsOf({ files: drivers }));
  assert.deepEqual(adapterIn(found, 'webgpu'), {
    card: 'lavapipe',
    adapter: 'lavapipe (Vulkan, in software)',
    memory: null,
    limit: totalMemory(),
  });
  assert.equal(adapterIn(machine({ cards: [], vulkan: null }), 'webgpu'), undefined);
  assert.equal(adapterIn(machine(), 'webgpu')!.card, 'NVIDIA GeForce RTX 3090');
});

test('graphs can have all that an NVIDIA card has, and of others at least what they may share', () => {
  const limitOf = (given: Partial<GraphicsCard>) =>
    adapterIn(machine({ cards: [nvidia(given)] }), 'webgpu')!.limit;
  assert.equal(limitOf({ memory: 8 * GIB }), 8 * GIB);
  assert.equal(limitOf({ memory: null }), Infinity);
  assert.equal(limitOf({ vendor: 'intel', memory: GIB / 8 }), totalMemory());
  assert.equal(limitOf({ vendor: 'amd', memory: 2 * totalMemory() }), 2 * totalMemory());
});

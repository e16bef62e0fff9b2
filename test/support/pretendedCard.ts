// A machine with a graphics card that is none: its driver computes in software under another name.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { softwareAdapter } from './softwareAdapter';

export interface PretendedCard {
  /** A Node that sees the card. */
  node: string;
  dispose: () => void;
}

/**
 * VS Code takes its environment from the login shell: that of the backend is given by what starts it.
 * @param card as `nvidia-smi` says it: name, MiB, driver, compute capability
 */
export function pretendedCard(card: string): PretendedCard {
  const folder = mkdtempSync(join(tmpdir(), 'subtext-card-'));
  const program = (name: string, lines: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  };
  program('nvidia-smi', `echo '${card}'`);
  const software = softwareAdapter();
  const own: Record<string, string> = { ...software, PATH: `${folder}:${process.env.PATH}` };
  const real = Object.entries(software).find(([name]) => name === 'VK_DRIVER_FILES')?.[1];
  if (real !== undefined) {
    const { ICD } = JSON.parse(readFileSync(real, 'utf8')) as {
      ICD: { library_path: string };
    };
    const library = join(folder, 'libGLX_card.so');
    symlinkSync(resolve(dirname(real), ICD.library_path), library);
    own.VK_DRIVER_FILES = join(folder, 'card.json');
    const manifest = { file_format_version: '1.0.0', ICD: { ...ICD, library_path: library } };
    writeFileSync(own.VK_DRIVER_FILES, JSON.stringify(manifest));
  }
  const environment = Object.entries(own).map(([name, value]) => `${name}='${value}'`);
  program('node', `${environment.join(' ')} exec '${process.execPath}' "$@"`);
  return {
    node: join(folder, 'node'),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

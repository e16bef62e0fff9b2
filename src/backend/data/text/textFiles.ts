// Which files a person means by names, folders and patterns.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { RUN_FILES } from '../../../protocol/runs';
import { SubtextError } from '../../errors';
import { fileError, shown } from '../../files';

export type TextFormat = 'plain' | 'json-lines' | 'parquet';

/** A file with what tells whether it has changed. */
export interface TextFile {
  path: string;
  format: TextFormat;
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
}

const FORMATS = new Map<string, TextFormat>([
  ['.txt', 'plain'],
  ['.jsonl', 'json-lines'],
  ['.ndjson', 'json-lines'],
  ['.parquet', 'parquet'],
]);

/** The largest published data sets have some ten thousand files; a home folder named by mistake has millions. */
const MAX_FILES = 100_000;
const MAX_DEPTH = 32;
/** Every run directory has these. */
const RUN_PARTS = [RUN_FILES.recipe, RUN_FILES.status];

/**
 * Finds files of text, in the order of their paths, each once.
 * @param names files, folders (all that is in them) and patterns with `*`, `?` and `**`
 * @param base folder that names are relative to
 * @throws SubtextError 'not-found' where a name stands for nothing, 'data' for a file of another kind, 'file-access'
 */
export async function findTextFiles(names: readonly string[], base: string): Promise<TextFile[]> {
  const found = new Map<string, TextFile>();
  for (const name of names) {
    for (const file of await filesOf(path.resolve(base, name))) found.set(file.path, file);
    if (found.size > MAX_FILES) throw tooMany(name);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function filesOf(name: string): Promise<TextFile[]> {
  const info = await stat(name).catch(() => undefined);
  if (info?.isDirectory()) return describeAll(await walk(name), name);
  if (info !== undefined) {
    const file = await describe(name);
    if (file) return [file];
    throw new SubtextError(
      'data',
      `${shown(name)} is no file of a kind that is read as text`,
      `Name files that end in ${[...FORMATS.keys()].join(', ')}.`,
    );
  }
  const root = rootOf(name);
  if (root === undefined)
    throw new SubtextError('not-found', `${shown(name)} does not exist`, 'Check the path.');
  const pattern = expressionOf(name);
  return describeAll(
    (await walk(root)).filter((file) => pattern.test(withSlashes(file))),
    name,
  );
}

async function describeAll(paths: readonly string[], name: string): Promise<TextFile[]> {
  const files: TextFile[] = [];
  for (const each of paths) {
    const file = await describe(each);
    if (file) files.push(file);
  }
  if (files.length > 0) return files;
  throw new SubtextError(
    'not-found',
    `${shown(name)} has no file of text in it`,
    `Name files that end in ${[...FORMATS.keys()].join(', ')}, or a folder with such files.`,
  );
}

/** Undefined for what is no regular file or ends in something else. */
async function describe(file: string): Promise<TextFile | undefined> {
  const format = FORMATS.get(path.extname(file).toLowerCase());
  if (format === undefined) return undefined;
  try {
    const info = await stat(file);
    if (!info.isFile()) return undefined;
    return { path: file, format, size: info.size, modified: info.mtimeMs };
  } catch (error) {
    throw fileError(error, file, 'read');
  }
}

/** All files below a folder, hidden ones and run directories left out. Links to folders are not followed: they may lead in circles. */
async function walk(folder: string, depth = 0, files: string[] = []): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw fileError(error, folder, 'read');
  }
  // The run that is to be trained on a folder may lie in it, and others.
  if (RUN_PARTS.every((part) => entries.some(({ name }) => name === part))) return files;
  for (const entry of entries) {
    const inside = path.join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (!entry.isDirectory()) files.push(inside);
    else if (depth < MAX_DEPTH) await walk(inside, depth + 1, files);
    if (files.length > MAX_FILES) throw tooMany(folder);
  }
  return files;
}

/** The folder before the first part with a `*` or `?`; undefined where there is none. */
function rootOf(pattern: string): string | undefined {
  const parts = withSlashes(pattern).split('/');
  const first = parts.findIndex((part) => /[*?]/.test(part));
  return first < 0 ? undefined : parts.slice(0, first).join('/') || '/';
}

/** `*` and `?` stay within a folder, `**` is any folders or none. */
function expressionOf(pattern: string): RegExp {
  const source = withSlashes(pattern).replace(/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 'su');
}

function withSlashes(name: string): string {
  return path.sep === '/' ? name : name.replaceAll(path.sep, '/');
}

function tooMany(name: string): SubtextError {
  return new SubtextError(
    'data',
    `${shown(name)} stands for more than ${MAX_FILES} files`,
    'Name the folder that holds only the data.',
  );
}

// Which Node.js runs the backend. A plain one is preferred to Electron, which has its own V8 flags and memory limits.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { backendUnavailable } from './failure';

const LOWEST_NODE = 20;

/** An executable, what it needs in its environment, and why it was chosen (for the log). */
export interface NodeChoice {
  command: string;
  environment: Record<string, string>;
  why: string;
}

/** What the choice depends on; `hostFacts` fills it in from this process. */
export interface NodeFacts {
  /** The setting `subtext.backend.nodePath`, or '' where there is none or it may not be trusted. */
  configured: string;
  hostExecutable: string;
  hostIsElectron: boolean;
  hostVersion: string;
  /** Absolute path of `node` on the PATH. */
  onPath: string | undefined;
  /** Asks an executable for its version ('20.11.0'); undefined where it does not run. */
  version(command: string): Promise<string | undefined>;
}

/**
 * The first that can be used of: the setting, the host's own executable, `node` on the PATH, Electron as Node.
 * A setting that cannot be used is a failure rather than a reason to go on.
 */
export async function chooseNode(facts: NodeFacts): Promise<NodeChoice> {
  if (facts.configured !== '') return configuredNode(facts);
  if (!facts.hostIsElectron && isRecent(facts.hostVersion)) {
    return { command: facts.hostExecutable, environment: {}, why: "the extension host's own Node" };
  }
  if (facts.onPath !== undefined) {
    const version = await facts.version(facts.onPath);
    if (version !== undefined && isRecent(version)) {
      return { command: facts.onPath, environment: {}, why: `Node ${version} on the PATH` };
    }
  }
  if (facts.hostIsElectron && isRecent(facts.hostVersion)) {
    const environment = { ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1' };
    return { command: facts.hostExecutable, environment, why: 'Electron as Node' };
  }
  throw backendUnavailable(
    `No Node.js ${LOWEST_NODE} or newer was found`,
    'Install Node.js, or set subtext.backend.nodePath to one.',
  );
}

async function configuredNode({ configured, version: ask }: NodeFacts): Promise<NodeChoice> {
  const remedy = 'Correct or clear the setting subtext.backend.nodePath.';
  if (!isAbsolute(configured)) {
    throw backendUnavailable(`subtext.backend.nodePath is not an absolute path: ${configured}`, remedy);
  }
  const version = await ask(configured);
  if (version === undefined) throw backendUnavailable(`${configured} does not run as Node.js`, remedy);
  if (!isRecent(version)) {
    throw backendUnavailable(
      `${configured} is Node.js ${version}; the backend needs ${LOWEST_NODE} or newer`,
      remedy,
    );
  }
  return { command: configured, environment: {}, why: 'the setting subtext.backend.nodePath' };
}

function isRecent(version: string): boolean {
  return Number.parseInt(version, 10) >= LOWEST_NODE;
}

/** The facts of this process and machine. */
export async function hostFacts(configured: string): Promise<NodeFacts> {
  return {
    configured,
    hostExecutable: process.execPath,
    hostIsElectron: 'electron' in process.versions,
    hostVersion: process.versions.node,
    onPath: await findOnPath(process.env.PATH ?? ''),
    version: askVersion,
  };
}

/** Absolute entries only: a relative one would run whatever lies in the opened folder. */
async function findOnPath(path: string): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const candidate = join(folder, name);
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return candidate;
  }
  return undefined;
}

function askVersion(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['--version'], { timeout: 5000, windowsHide: true }, (error, output) => {
      resolve(error === null ? /^v(\d+\.\d+\.\d+)/.exec(output)?.[1] : undefined);
    });
  });
}

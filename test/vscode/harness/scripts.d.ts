// Types of the scripts that the tests call; they are plain JavaScript because they run before anything is installed.
declare module '*/scripts/vscode-server.mjs' {
  /** Versions of `code-server`: VS Code 1.100.3 and 1.139.1. */
  export const lowest: string;
  export const newest: string;

  export interface AddressOptions {
    folder?: string;
    /** Folder of an extension under development (the newest version ignores it: install a VSIX there). */
    extension?: string;
    /** Module whose `run()` runs the in-host tests. */
    tests?: string;
    file?: string;
  }

  export interface Server {
    readonly version: string;
    readonly port: number;
    readonly dataFolder: string;
    readonly exited: Promise<unknown>;
    /** Changes settings; an open window takes them up at once. */
    changeSettings(changes: Record<string, unknown>): Promise<void>;
    log(): string;
    address(options: AddressOptions): string;
    stop(): Promise<void>;
  }

  export interface ServerOptions {
    version?: string;
    port?: number;
    settings?: Record<string, unknown>;
    vsix?: string;
    dataFolder?: string;
    env?: Record<string, string>;
  }

  export function startServer(options?: ServerOptions): Promise<Server>;
}

declare module '*/scripts/chromium.mjs' {
  export function findChromium(): Promise<string>;
}

declare module '*/scripts/prepare.mjs' {
  export function prepare(): Promise<void>;
}

declare module '*/scripts/cache.mjs' {
  /** An error whose message is all that a person needs. */
  export class ScriptError extends Error {}
  /** Prints an error and ends the process with exit code 1. */
  export function fail(error: unknown): never;
  export const root: string;
  export const cacheFolder: string;
}

declare module '*/scripts/package.mjs' {
  export interface MadePackage {
    /** The VSIX. */
    path: string;
    /** Whether ONNX Runtime has a binary for the target. */
    hasNative: boolean;
    files: number;
    /** Bytes before and after packing. */
    unpacked: number;
    size: number;
  }
  export function makePackage(options?: { target?: string }): Promise<MadePackage>;
}

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
  export const root: string;
  export const cacheFolder: string;
}

// A real HTTP server of files, with the misfortunes that a test asks for.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedFile {
  data: Buffer;
  headers?: Record<string, string>;
  /** Ends the connection after so many bytes; one number for each answer, then none. */
  cuts?: number[];
  /** Sends one piece, and then no more while the asker waits. */
  stalls?: boolean;
  status?: number;
}

export class FileServer {
  readonly files = new Map<string, ServedFile>();
  /** Method, path and range of every request. */
  readonly asked: string[] = [];
  private readonly server = createServer((request, response) => this.answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Puts a file at a path; as JSON where it is no bytes. */
  put(path: string, data: Buffer | object, rest: Omit<ServedFile, 'data'> = {}): ServedFile {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(JSON.stringify(data));
    const file = { data: bytes, ...rest };
    this.files.set(path, file);
    return file;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url!);
    const { range } = request.headers;
    this.asked.push([request.method, path, range].filter(Boolean).join(' '));
    const file = this.files.get(path);
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const { data, headers, cuts = [], stalls = false, status } = file;
    const tag = `"${createHash('sha1').update(data).digest('hex')}"`;
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const isPart = from > 0 && from < data.length && request.headers['if-range'] === tag;
    const rest = isPart ? data.subarray(from) : data;
    response.writeHead(status ?? (isPart ? 206 : 200), {
      etag: tag,
      'content-length': rest.length,
      ...(isPart && { 'content-range': `bytes ${from}-${data.length - 1}/${data.length}` }),
      ...headers,
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const cut = cuts.shift();
    if (stalls) response.write(rest.subarray(0, Math.ceil(rest.length / 2)));
    else if (cut === undefined) response.end(rest);
    else response.write(rest.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
  }
}

// Archives made in a test, also such as no honest program makes.
import { crc32 } from 'node:zlib';
import { deflateRawSync, gzipSync } from 'node:zlib';

export interface ZipFile {
  name: string;
  data: Buffer;
  /** What the archive says instead of the truth. */
  size?: number;
  method?: number;
  flags?: number;
}

export function zipOf(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, size = data.length, method = 8, flags = 0 } of files) {
    const packed = method === 8 ? deflateRawSync(data) : data;
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(checksum(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, title, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, title]));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}

/** Nobody here looks at it. */
function checksum(data: Buffer): number {
  return typeof crc32 === 'function' ? crc32(data) : 0;
}

export interface TarFile {
  name: string;
  data?: Buffer;
  /** '0' a file, '2' a link, '5' a folder. */
  type?: string;
  size?: number;
}

export function tarOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap(({ name, data = Buffer.alloc(0), type = '0', size = data.length }) => {
    if (Buffer.byteLength(name) <= 100) return [tarHeader(name, size, type), padded(data)];
    const long = Buffer.from(`${name}\0`);
    return [
      tarHeader('././@LongLink', long.length, 'L'),
      padded(long),
      tarHeader(name.slice(0, 100), size, type),
      padded(data),
    ];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function tarHeader(name: string, size: number, type: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

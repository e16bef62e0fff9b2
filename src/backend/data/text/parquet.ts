// Documents of a column of a Parquet file, one row group after the other.
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { SubtextError } from '../../errors';
import { openFile, readBytes, shown, type OpenFile } from '../../files';
import { partsOfDocument, type DocumentPart } from './parts';

/** Writers make row groups of 128 MB to 1 GB for all columns; their texts are in memory at once. */
const MAX_COLUMN_BYTES = 2 ** 30;
/** Writers make pages of about 1 MB; one text may make a page longer. */
const MAX_PAGE_BYTES = 2 ** 28;
/** Written by default are up to 2^20 rows. */
const MAX_GROUP_ROWS = 2 ** 24;
/** Thousands of columns in thousands of row groups; the footer is parsed as a whole. */
const MAX_FOOTER_BYTES = 2 ** 26;

/** @throws SubtextError 'data' with the file and what is wrong in it; 'not-found', 'file-access' */
export async function* readParquetColumn(path: string, column: string): AsyncGenerator<DocumentPart> {
  const file = await openFile(path);
  try {
    // Loaded when they are needed: most runs read no Parquet.
    const [{ parquetMetadataAsync, parquetScan }, { compressors }] = await Promise.all([
      import('hyparquet'),
      import('hyparquet-compressors'),
    ]);
    const metadata = await understood(path, () => parquetMetadataAsync(bufferOf(file, MAX_FOOTER_BYTES)));
    check(metadata, column, path);
    const scan = await understood(path, () =>
      parquetScan({
        file: bufferOf(file, MAX_COLUMN_BYTES),
        metadata,
        columns: [column],
        compressors: bounded(compressors),
        parsers: { stringFromBytes: (bytes: Uint8Array) => strictDecoder.decode(bytes) },
      }),
    );
    for (const [index, range] of scan.ranges.entries()) {
      const position = Math.floor((file.size * (index + 1)) / scan.ranges.length);
      const texts: ArrayLike<unknown> = await understood(path, () => scan.readColumn({ column, ...range }));
      for (let row = 0; row < texts.length; row++) {
        const text = texts[row];
        if (text === null || text === undefined) continue;
        if (typeof text !== 'string')
          throw dataError(path, `row ${range.rowStart + row}: '${column}' is no text`);
        yield* partsOfDocument(text, position);
      }
    }
  } finally {
    await file.handle.close();
  }
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What hyparquet reads from, with every range checked against the file's size. */
function bufferOf(file: OpenFile, most: number): AsyncBuffer {
  const read = async (start: number, end: number): Promise<ArrayBuffer> => {
    if (!(start >= 0 && start <= end && end <= file.size)) throw new Error('a part lies outside the file');
    if (end - start > most) throw new Error(`a part of ${end - start} bytes is too large`);
    const bytes = new Uint8Array(end - start);
    await readBytes(file, bytes, start);
    return bytes.buffer;
  };
  return {
    byteLength: file.size,
    slice(start, end = file.size): Promise<ArrayBuffer> {
      const part = read(start, end);
      // hyparquet asks for parts ahead and leaves the others alone once one fails: nobody would wait for their failures.
      part.catch(() => undefined);
      return part;
    },
  };
}

function check(metadata: FileMetaData, column: string, path: string): void {
  const schema = metadata.schema.slice(1);
  if (!schema.some(({ name }) => name === column)) {
    const names = schema.map(({ name }) => shown(name, 40)).slice(0, 12);
    throw new SubtextError(
      'data',
      `${shown(path)} has no column '${shown(column)}', only ${names.join(', ')}`,
      'Name the column that holds the text.',
    );
  }
  for (const { columns, num_rows } of metadata.row_groups) {
    if (num_rows < 0n || num_rows > MAX_GROUP_ROWS)
      throw dataError(path, `a row group has ${num_rows} rows, more than ${MAX_GROUP_ROWS}`);
    const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === column)?.meta_data;
    if (chunk && chunk.total_uncompressed_size > MAX_COLUMN_BYTES)
      throw dataError(
        path,
        `a row group has ${chunk.total_uncompressed_size} bytes of text, which is too much`,
      );
  }
}

/** A page says itself how large it becomes; the memory for that is asked for before it is unpacked. */
function bounded(compressors: Compressors): Compressors {
  return Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number): Uint8Array => {
        if (!(length >= 0 && length <= MAX_PAGE_BYTES))
          throw new Error(`a page of ${length} bytes is too large`);
        const output = unpack(input, length);
        if (output.length !== length) throw new Error('a page is not as long as it says');
        return output;
      },
    ]),
  );
}

/** Whatever a broken file makes the library throw becomes an error about the file. */
async function understood<Result>(path: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof SubtextError) throw error;
    throw dataError(path, error instanceof Error ? error.message : String(error));
  }
}

function dataError(path: string, problem: string): SubtextError {
  return new SubtextError(
    'data',
    `${shown(path)} cannot be read as Parquet: ${shown(problem)}`,
    'Write it again with smaller row groups, or as JSONL.',
  );
}

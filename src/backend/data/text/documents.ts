// The documents of text files, as a stream: no more of a file is in memory than a few blocks.
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import { readJsonLines } from './jsonLines';
import { readParquetColumn } from './parquet';
import type { DocumentPart } from './parts';
import { readPlainText, type Separator } from './plainText';
import type { TextFile } from './textFiles';

export interface ReadingOptions {
  /** What stands between two documents of a `.txt`. Default: 'end-of-text'. */
  separator?: Separator;
  /** Where the text stands in JSONL and Parquet. Default: 'text'. */
  column?: string;
  cancellation?: Cancellation;
  /** @param bytes read so far, @param total of all files */
  onProgress?: (bytes: number, total: number) => void;
}

/**
 * All documents of the files in order, without white space around them; those of nothing else are left out. Documents
 * of more than a million UTF-16 units come in parts, cut between two words where there are any.
 * @throws SubtextError 'data' with file and line for what is no text, 'not-found', 'file-access', 'cancelled'; 'empty-text'
 * where there is no document at all
 */
export async function* readDocuments(
  files: readonly TextFile[],
  { separator = 'end-of-text', column = 'text', cancellation, onProgress }: ReadingOptions = {},
): AsyncGenerator<DocumentPart> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  let isEmpty = true;
  for (const file of files) {
    for await (const part of partsOf(file, separator, column)) {
      if (cancellation) throwIfCancelled(cancellation);
      isEmpty = false;
      yield part;
      onProgress?.(before + part.position, total);
    }
    before += file.size;
  }
  if (!isEmpty) return;
  const names = files.length === 1 ? files[0].path : `${files.length} files`;
  throw new SubtextError('empty-text', `There is no text in ${names}`, 'Name files with text in them.');
}

/** The texts alone, up to a number of bytes in UTF-8 and a little more: to learn a tokenizer from. */
export async function* firstTexts(
  documents: AsyncIterable<DocumentPart>,
  bytes: number,
): AsyncGenerator<string> {
  let read = 0;
  for await (const { text } of documents) {
    yield text;
    if ((read += Buffer.byteLength(text)) >= bytes) return;
  }
}

function partsOf(file: TextFile, separator: Separator, column: string): AsyncIterable<DocumentPart> {
  switch (file.format) {
    case 'plain':
      return readPlainText(file.path, separator);
    case 'json-lines':
      return readJsonLines(file.path, column);
    case 'parquet':
      return readParquetColumn(file.path, column);
  }
}

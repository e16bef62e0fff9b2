// Offsets to lines and columns for a whole text at once; asking the document for each of thousands is slower.

export class LineIndex {
  private readonly lineStarts: number[] = [0];

  /** Lines end with CR LF, LF or CR, as in VS Code. */
  constructor(text: string) {
    for (let offset = 0; offset < text.length; offset++) {
      const unit = text.charCodeAt(offset);
      const isPair = unit === 13 && text.charCodeAt(offset + 1) === 10;
      if (isPair) offset++;
      if (unit === 10 || unit === 13) this.lineStarts.push(offset + 1);
    }
  }

  /** Line and column of an offset. */
  locate(offset: number): { line: number; character: number } {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lineStarts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - this.lineStarts[low] };
  }
}

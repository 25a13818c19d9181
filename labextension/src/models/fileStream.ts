import type { IPickedFile } from './drop';

/**
 * Files as one stream of bytes, one after the other, of which slices are taken
 * without reading anything.
 */
export class FileStream {
  /**
   * @param files - In the order of the stream.
   */
  constructor(private readonly files: readonly IPickedFile[]) {
    let end = 0;
    this.ends = files.map(({ file }) => (end += file.size));
    this.size = end;
  }

  /** Bytes of all files. */
  readonly size: number;

  /**
   * The bytes from `start` up to `end`, exclusive; they are read when they are sent.
   */
  slice(start: number, end: number): Blob {
    const parts: Blob[] = [];
    for (
      let index = this.firstAfter(start);
      index < this.files.length;
      index++
    ) {
      const { file } = this.files[index];
      const begin = this.ends[index] - file.size;
      if (begin >= end) {
        break;
      }
      parts.push(file.slice(Math.max(0, start - begin), end - begin));
    }
    return new Blob(parts);
  }

  /** The first file that ends after an offset. */
  private firstAfter(offset: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle] > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private readonly ends: readonly number[];
}

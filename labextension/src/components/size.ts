import type { TranslationBundle } from '@jupyterlab/translation';

import { humanSize } from '../models/size';

/**
 * A number of bytes in words, for people.
 */
export function sizeText(bytes: number, trans: TranslationBundle): string {
  const { figure, unit } = humanSize(bytes);
  switch (unit) {
    case 'B':
      return trans._n('%1 byte', '%1 bytes', bytes);
    case 'kB':
      return trans.__('%1 kB', figure);
    case 'MB':
      return trans.__('%1 MB', figure);
    case 'GB':
      return trans.__('%1 GB', figure);
    case 'TB':
      return trans.__('%1 TB', figure);
    case 'PB':
      return trans.__('%1 PB', figure);
  }
}

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
    case 'KiB':
      return trans.__('%1 KiB', figure);
    case 'MiB':
      return trans.__('%1 MiB', figure);
    case 'GiB':
      return trans.__('%1 GiB', figure);
    case 'TiB':
      return trans.__('%1 TiB', figure);
    case 'PiB':
      return trans.__('%1 PiB', figure);
  }
}

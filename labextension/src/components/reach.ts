import type { TranslationBundle } from '@jupyterlab/translation';

import type { IPlace } from '../models/place';

/**
 * Where it is or goes, and who is told: follows "Store".
 */
export function reachText(
  place: IPlace | null,
  trans: TranslationBundle
): string {
  if (place === null || place.backend === 'embedded') {
    return trans.__('on this computer');
  }
  return place.public
    ? trans.__('on %1, announced publicly', place.backend)
    : trans.__('on %1', place.backend);
}

/** Where something is kept; without a place, only that it is stored. */
export function keptText(
  place: IPlace | null,
  trans: TranslationBundle
): string {
  if (place === null) {
    return trans.__('Stored');
  }
  if (place.backend === 'embedded') {
    return trans.__('Kept on this computer');
  }
  return place.public
    ? trans.__('Kept on %1, announced publicly', place.backend)
    : trans.__('Kept on %1', place.backend);
}

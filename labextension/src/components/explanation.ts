import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * The one sentence that goes with somebody's first CID.
 */
export function explanation(trans: TranslationBundle): string {
  return trans.__(
    'A CID is a fingerprint of the bytes: same bytes, same CID. It finds and checks content; it neither keeps nor hides it.'
  );
}

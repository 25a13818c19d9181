import type { TranslationBundle } from '@jupyterlab/translation';

import { showProblem } from './told';

/**
 * Load a part of the page that is not needed at first, and say so if it does not come.
 *
 * @param load - Imports it; what came once is not asked for again, what did not come is.
 * @returns The part, or `null`.
 */
export async function loadPart<Part>(
  load: () => Promise<Part>,
  trans: TranslationBundle
): Promise<Part | null> {
  try {
    return await load();
  } catch (error) {
    // An error in the part itself is not the network's, and belongs into the console.
    if ((error as Partial<Error> | null)?.name !== 'ChunkLoadError') {
      throw error;
    }
    await showProblem(trans.__('A part of the page did not come'), {
      message: trans.__(
        'The Jupyter server cannot be reached, or was updated since this page was opened.'
      ),
      hint: trans.__('Try again; if that does not help, reload the page.')
    });
    return null;
  }
}

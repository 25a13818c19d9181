import type { TranslationBundle } from '@jupyterlab/translation';

import type { NodeState } from '../models/nodeStatus';

/**
 * Where what is stored now goes, and who is told: follows "Store" and "Kept".
 */
export function reachText(state: NodeState, trans: TranslationBundle): string {
  if (state.kind !== 'answered' || state.status.backend === 'embedded') {
    return trans.__('on this computer');
  }
  return state.status.public
    ? trans.__('on %1, announced publicly', state.status.backend)
    : trans.__('on %1', state.status.backend);
}

/** Where something is kept. */
export function keptText(state: NodeState, trans: TranslationBundle): string {
  if (state.kind !== 'answered' || state.status.backend === 'embedded') {
    return trans.__('Kept on this computer');
  }
  return state.status.public
    ? trans.__('Kept on %1, announced publicly', state.status.backend)
    : trans.__('Kept on %1', state.status.backend);
}

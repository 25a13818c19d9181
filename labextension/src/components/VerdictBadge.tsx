import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Verdict } from '../api/reports';
import { verdictSign, verdictText } from './bundleWords';

/**
 * A verdict as a sign and in words.
 */
export function VerdictBadge(props: {
  verdict: Verdict;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { verdict, trans } = props;
  return (
    <span className="jp-Ipfs-verdict" data-verdict={verdict}>
      <span aria-hidden="true">{verdictSign(verdict)}</span>
      {verdictText(verdict, trans)}
    </span>
  );
}

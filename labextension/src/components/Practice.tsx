import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { practiceText } from './marketWords';

/**
 * That this is no market: wherever the sandbox is shown.
 */
export function Practice(props: {
  trans: TranslationBundle;
}): React.JSX.Element {
  return <p className="jp-Ipfs-practice">{practiceText(props.trans)}</p>;
}

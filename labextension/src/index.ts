import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { bundles } from './plugins/bundles';
import { card } from './plugins/card';
import { drive } from './plugins/drive';
import { cures } from './plugins/cures';
import { events } from './plugins/events';
import { files } from './plugins/files';
import { inspect } from './plugins/inspect';
import { items } from './plugins/items';
import { jobs } from './plugins/jobs';
import { market } from './plugins/market';
import { node } from './plugins/node';
import { nodeSection } from './plugins/nodeSection';
import { open } from './plugins/open';
import { panel } from './plugins/panel';
import { publish } from './plugins/publish';
import { share } from './plugins/share';
import { store } from './plugins/store';
import { transfers } from './plugins/transfers';
import { tutorial } from './plugins/tutorial';
import { wallet } from './plugins/wallet';

export * from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  node,
  card,
  tutorial,
  jobs,
  transfers,
  store,
  cures,
  events,
  wallet,
  panel,
  items,
  nodeSection,
  drive,
  open,
  inspect,
  files,
  publish,
  market,
  share,
  bundles
];

export default plugins;

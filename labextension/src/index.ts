import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { card } from './plugins/card';
import { drive } from './plugins/drive';
import { cures } from './plugins/cures';
import { events } from './plugins/events';
import { files } from './plugins/files';
import { inspect } from './plugins/inspect';
import { items } from './plugins/items';
import { jobs } from './plugins/jobs';
import { node } from './plugins/node';
import { nodeSection } from './plugins/nodeSection';
import { open } from './plugins/open';
import { panel } from './plugins/panel';
import { store } from './plugins/store';
import { transfers } from './plugins/transfers';
import { tutorial } from './plugins/tutorial';

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
  panel,
  items,
  nodeSection,
  drive,
  open,
  inspect,
  files
];

export default plugins;

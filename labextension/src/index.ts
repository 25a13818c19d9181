import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { card } from './plugins/card';
import { events } from './plugins/events';
import { items } from './plugins/items';
import { jobs } from './plugins/jobs';
import { node } from './plugins/node';
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
  events,
  panel,
  items
];

export default plugins;

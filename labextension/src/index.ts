import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { card } from './plugins/card';
import { jobs } from './plugins/jobs';
import { node } from './plugins/node';
import { tutorial } from './plugins/tutorial';

export * from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [node, card, tutorial, jobs];

export default plugins;

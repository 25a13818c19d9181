import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { card } from './plugins/card';
import { node } from './plugins/node';
import { tutorial } from './plugins/tutorial';

export * from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [node, card, tutorial];

export default plugins;

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { ServerEvents } from '../models/watch';
import { IServerEvents } from '../tokens';

/**
 * What the server tells by itself, for whoever wants to hear it.
 */
export const events: JupyterFrontEndPlugin<IServerEvents> = {
  id: 'jupyter-ipfs:events',
  description: 'Hears of jobs and changes from the IPFS server part.',
  autoStart: true,
  provides: IServerEvents,
  activate: (app: JupyterFrontEnd): IServerEvents =>
    new ServerEvents(app.serviceManager.serverSettings)
};

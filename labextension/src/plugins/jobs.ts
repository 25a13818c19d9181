import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { JobsModel } from '../models/jobs';
import { IJobs, IServerEvents } from '../tokens';

/**
 * The long operations on the server.
 */
export const jobs: JupyterFrontEndPlugin<IJobs> = {
  id: 'jupyter-ipfs:jobs',
  description: 'Runs long IPFS operations on the server and follows them.',
  autoStart: true,
  provides: IJobs,
  optional: [IServerEvents],
  activate: (app: JupyterFrontEnd, events: IServerEvents | null): IJobs =>
    new JobsModel(app.serviceManager.serverSettings, events)
};

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Drive } from '@jupyterlab/services';

/**
 * Content as a drive that can only be read: `ipfs:<cid>/a/b.ipynb`. Notebooks open from it
 * with JupyterLab's own read-only badge. The sidebar is what browses; this adds no tab.
 */
export const drive: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:drive',
  description: 'Opens notebooks from IPFS, read-only.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    const { contents, serverSettings } = app.serviceManager;
    contents.addDrive(
      new Drive({
        name: 'ipfs',
        apiEndpoint: 'jupyter-ipfs/contents',
        serverSettings
      })
    );
  }
};

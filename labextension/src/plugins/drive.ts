import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { Contents } from '@jupyterlab/services';
import { Drive } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

/** A drive where nothing is saved; core's *Save as* stays on the drive of its document. */
class ReadOnlyDrive extends Drive {
  /**
   * @param options - As for `Drive`.
   * @param reason - What whoever saves is told; core shows an error's message and no hint.
   */
  constructor(
    options: Drive.IOptions,
    private readonly reason: string
  ) {
    super(options);
  }

  save(): Promise<Contents.IModel> {
    return Promise.reject(new Error(this.reason));
  }
}

/**
 * Content as a drive that can only be read: `ipfs:<cid>/a/b.ipynb`. Notebooks open from it
 * with JupyterLab's own read-only badge. The sidebar is what browses; this adds no tab.
 */
export const drive: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:drive',
  description: 'Opens notebooks from IPFS, read-only.',
  autoStart: true,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const { contents, serverSettings } = app.serviceManager;
    contents.addDrive(
      new ReadOnlyDrive(
        {
          name: 'ipfs',
          apiEndpoint: 'jupyter-ipfs/contents',
          serverSettings
        },
        trans.__(
          'Content does not change under its CID, so nothing is saved there. “Open Copy in Workspace”, in the menu of what is stored, makes a copy that you can change.'
        )
      )
    );
  }
};

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import {
  ICommandPalette,
  InputDialog,
  WidgetTracker
} from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { getEntries } from '../api/entries';
import { ipfsIcon } from '../components/icons';
import { crumbs, parseAddress, titleOf } from '../models/address';
import { isCID } from '../models/cid';
import type { InspectorTab } from '../widgets/inspector';
import { loadPart } from '../widgets/loadPart';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';
import { addTab } from './tabs';

/**
 * Shows the blocks that content is made of.
 */
export const inspect: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:inspect',
  description: 'Shows the blocks, codecs and links of IPFS content.',
  autoStart: true,
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const { serverSettings } = app.serviceManager;
    const tracker = new WidgetTracker<InspectorTab>({
      namespace: 'jupyter-ipfs-inspector'
    });

    /** The CID of the block that a path leads to. */
    async function cidOf(text: string): Promise<string> {
      const address = parseAddress(text);
      const path = address.kind === 'problem' ? text : address.path;
      if (address.kind === 'content') {
        const parts = crumbs(path);
        if (parts.length === 1) {
          return parts[0].name;
        }
      }
      return (await getEntries(path, 0, 1, serverSettings)).cid;
    }

    app.commands.addCommand(CommandIDs.inspect, {
      label: args =>
        args['isPalette']
          ? trans.__('Inspect the Blocks of a CID…')
          : trans.__('Inspect'),
      caption: trans.__('Show the blocks, codecs, sizes and links'),
      icon: args => (args['isPalette'] ? undefined : ipfsIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__(
                'A CID, a path or a name; asked for if absent'
              )
            },
            title: { type: 'string', description: trans.__('What to call it') }
          }
        }
      },
      execute: async args => {
        let path = args['path'];
        if (typeof path !== 'string') {
          const answer = await InputDialog.getText({
            title: trans.__('Inspect the blocks of'),
            label: trans.__('A CID, a path or a name'),
            okLabel: trans.__('Inspect')
          });
          path = answer.value ?? '';
          if (!answer.button.accept || path === '') {
            return;
          }
        }
        const text = path;
        const { title } = args;
        await told(trans.__('There is nothing to inspect'), async () => {
          const cid = await cidOf(text);
          const part = await loadPart(
            () => import('../widgets/inspector'),
            trans
          );
          if (part === null) {
            return;
          }
          const tab = new part.InspectorTab(
            new part.InspectorModel(cid, serverSettings),
            typeof title === 'string' && !isCID(title) ? title : titleOf(text),
            trans
          );
          addTab(app.shell, tab);
          await tracker.add(tab);
        });
      }
    });
    palette?.addItem({
      command: CommandIDs.inspect,
      category: trans.__('IPFS'),
      args: { isPalette: true }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.inspect,
      args: ({ model, name }) => ({ path: model.walked[0], title: name }),
      name: tab => tab.model.walked[0]
    });
  }
};

import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { itemTarget, targetFromArgs } from '../models/target';
import type { IContentTarget } from '../tokens';
import { told } from '../widgets/told';
import type { IItemAction, IItemContext } from './itemAction';
import { keepingActions } from './keepingCommands';
import { readingActions } from './readingCommands';

/**
 * Register what can be done with content that has a CID.
 *
 * @returns The commands' ids.
 */
export function addItemCommands(context: IItemContext): string[] {
  const { app, model, trans } = context;
  const actions = [...readingActions(context), ...keepingActions(context)];
  for (const action of actions) {
    app.commands.addCommand(action.id, {
      label: args => labelOf(action, targetOf(args)),
      caption: action.caption,
      icon: action.icon,
      describedBy: { args: argsSchema(trans) },
      isEnabled: args => {
        const target = targetOf(args);
        return target !== null && (action.isEnabled?.(target) ?? true);
      },
      isVisible: args => {
        const target = targetOf(args);
        return target === null || (action.isVisible?.(target) ?? true);
      },
      execute: async args => {
        const target = targetOf(args);
        if (target !== null) {
          await told(
            trans.__('It did not work: %1', labelOf(action, target)),
            () => action.execute(target)
          );
        }
      }
    });
  }
  return actions.map(action => action.id);

  /** What the arguments name, or what is chosen in the panel. */
  function targetOf(args: ReadonlyPartialJSONObject): IContentTarget | null {
    const target = targetFromArgs(args);
    if (target !== null || model.activeItem === null) {
      return target;
    }
    return itemTarget(model.activeItem);
  }
}

function labelOf(action: IItemAction, target: IContentTarget | null): string {
  return typeof action.label === 'string' ? action.label : action.label(target);
}

function argsSchema(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        description: trans.__(
          'Such as /ipfs/bafy…/a.csv; by default what is chosen in the sidebar'
        )
      },
      cid: { type: 'string', description: trans.__('Its CID') },
      title: { type: 'string', description: trans.__('What to call it') },
      kind: {
        type: 'string',
        description: trans.__('Such as file or directory')
      },
      item: {
        type: 'object',
        description: trans.__('Whether it is kept, and by which name')
      }
    }
  };
}

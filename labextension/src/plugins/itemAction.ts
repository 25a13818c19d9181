import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';

import type { ItemsModel } from '../models/items';
import type { IContentTarget, IJobs, INodeStatus } from '../tokens';

/** What the commands work with. */
export interface IItemContext {
  readonly app: JupyterFrontEnd;
  readonly model: ItemsModel;
  readonly jobs: IJobs;
  readonly node: INodeStatus;
  readonly trans: TranslationBundle;
  /** Where content was sent lately, the newest first. */
  readonly targets: () => readonly string[];
  readonly rememberTarget: (target: string) => void;
}

/** One command on content that has a CID. */
export interface IItemAction {
  readonly id: string;
  readonly label: string | ((target: IContentTarget | null) => string);
  readonly caption: string;
  readonly icon: LabIcon;
  readonly isEnabled?: (target: IContentTarget) => boolean;
  readonly isVisible?: (target: IContentTarget) => boolean;
  readonly execute: (target: IContentTarget) => Promise<void>;
}

/** Whether it is a root of the list, not a part of one. */
export function isWhole({ item }: IContentTarget): boolean {
  return item !== undefined;
}

/** Whether it is one that has a name. */
export function hasName({ item }: IContentTarget): boolean {
  return item !== undefined && item.name !== null;
}

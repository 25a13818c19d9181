import type { LabIcon } from '@jupyterlab/ui-components';
import {
  fileIcon,
  folderIcon,
  imageIcon,
  jsonIcon,
  linkIcon,
  markdownIcon,
  notebookIcon,
  pdfIcon,
  pythonIcon,
  spreadsheetIcon,
  textEditorIcon
} from '@jupyterlab/ui-components';

import { ipfsIcon } from './icons';

const BY_EXTENSION = new Map<string, LabIcon>([
  ['csv', spreadsheetIcon],
  ['gif', imageIcon],
  ['ipynb', notebookIcon],
  ['jpeg', imageIcon],
  ['jpg', imageIcon],
  ['json', jsonIcon],
  ['md', markdownIcon],
  ['parquet', spreadsheetIcon],
  ['pdf', pdfIcon],
  ['png', imageIcon],
  ['py', pythonIcon],
  ['svg', imageIcon],
  ['tsv', spreadsheetIcon],
  ['txt', textEditorIcon],
  ['webp', imageIcon]
]);

/**
 * The icon that the file browser would show for something of this kind and name.
 */
export function itemIcon(kind: string, name: string): LabIcon {
  switch (kind) {
    case 'directory':
      return folderIcon;
    case 'notebook':
      return notebookIcon;
    case 'symlink':
      return linkIcon;
    case 'file': {
      const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
      return BY_EXTENSION.get(extension) ?? fileIcon;
    }
    default:
      return ipfsIcon;
  }
}

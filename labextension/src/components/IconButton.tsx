import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/**
 * A small button that is only an icon; its label is read aloud and shown on hovering.
 */
export function IconButton(props: {
  icon: LabIcon;
  label: string;
  onClick: () => void;
}): React.JSX.Element {
  return (
    <button
      type="button"
      className="jp-Ipfs-iconButton"
      title={props.label}
      aria-label={props.label}
      onClick={props.onClick}
    >
      <props.icon.react tag="span" aria-hidden="true" />
    </button>
  );
}

/**
 * Opens the menu of a row; the keyboard has Shift+F10 for that.
 */
export function MenuButton(props: {
  /** What the row is called. */
  title: string;
  /** Opens it at a place of the page. */
  onMenu: (x: number, y: number) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { title, onMenu, trans } = props;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="jp-Ipfs-iconButton"
      aria-label={trans.__('Actions for %1', title)}
      aria-haspopup="menu"
      title={trans.__('Actions')}
      onClick={event => {
        const place = event.currentTarget.getBoundingClientRect();
        onMenu(place.left, place.bottom);
      }}
    >
      <ellipsesIcon.react tag="span" aria-hidden="true" />
    </button>
  );
}

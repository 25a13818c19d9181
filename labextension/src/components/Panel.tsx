import type { ISignal } from '@lumino/signaling';
import type { LabIcon } from '@jupyterlab/ui-components';
import { UseSignal, caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPanelSection } from '../tokens';
import { IconButton } from './IconButton';

/** A button at the top of the sidebar. */
export interface IPanelButton {
  readonly icon: LabIcon;
  readonly label: string;
  readonly onClick: () => void;
}

export interface IPanelProps {
  readonly title: string;
  readonly buttons: readonly IPanelButton[];
  /** Lowest rank first. */
  readonly sections: readonly IPanelSection[];
  /** The ids of those that are folded. */
  readonly folded: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

/**
 * The sections of the sidebar, one below the other, as in core's accordions.
 */
export function Panel(props: IPanelProps): React.JSX.Element {
  const { sections, folded, onToggle } = props;
  return (
    <>
      <header className="jp-Ipfs-panelHead">
        <h2>{props.title}</h2>
        {props.buttons.map(button => (
          <IconButton key={button.label} {...button} />
        ))}
      </header>
      <div className="jp-Ipfs-sections">
        {sections.map(section => (
          <Follow key={section.id} signal={section.changed}>
            {() => (
              <Section
                section={section}
                isFolded={folded.has(section.id)}
                onToggle={() => onToggle(section.id)}
              />
            )}
          </Follow>
        ))}
      </div>
    </>
  );
}

/** Draws its child again after the signal, if there is one. */
function Follow(props: {
  signal: ISignal<unknown, unknown> | undefined;
  children: () => React.JSX.Element;
}): React.JSX.Element {
  return props.signal === undefined ? (
    props.children()
  ) : (
    <UseSignal signal={props.signal}>{props.children}</UseSignal>
  );
}

function Section(props: {
  section: IPanelSection;
  isFolded: boolean;
  onToggle: () => void;
}): React.JSX.Element | null {
  const { section, isFolded, onToggle } = props;
  const content = section.render();
  if (content === null) {
    return null;
  }
  const bodyId = `jp-Ipfs-section-${section.id}`;
  const body = (
    <div id={bodyId} className="jp-Ipfs-sectionBody" hidden={isFolded}>
      {content}
    </div>
  );
  if (section.title === undefined) {
    return (
      <div className="jp-Ipfs-section" data-section={section.id}>
        {body}
      </div>
    );
  }
  return (
    <section
      className="jp-Ipfs-section"
      data-section={section.id}
      aria-label={section.title}
    >
      <div className="jp-Ipfs-sectionTop">
        <h3 className="jp-Ipfs-sectionHead">
          <button
            type="button"
            className="jp-Ipfs-sectionToggle"
            aria-expanded={!isFolded}
            aria-controls={bodyId}
            onClick={onToggle}
          >
            <caretDownIcon.react
              tag="span"
              className="jp-Ipfs-caret"
              aria-hidden="true"
            />
            <span>{section.title}</span>
          </button>
        </h3>
        {section.renderHead?.()}
      </div>
      {body}
    </section>
  );
}

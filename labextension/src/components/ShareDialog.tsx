import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IFinding } from '../api/sharing';
import type { SharingModel, ShareStep } from '../models/sharing';
import { SHARE_STEPS } from '../models/sharing';
import { IconButton } from './IconButton';
import { ProblemNote } from './ProblemNote';
import { ShareHow } from './ShareHow';
import { ShareWhat } from './ShareWhat';

/** Where a share can be fetched from. */
export interface IServed {
  readonly link: string;
  /** Whether other computers can reach it. */
  readonly isPublic: boolean;
}

export interface IShareDialogProps {
  readonly model: SharingModel;
  /** Who could sign; `null` if nobody is signed in. */
  readonly account: string | null;
  /** Where it is served, if it is. */
  readonly served: IServed | null;
  readonly onClose: () => void;
  /** Shows the cell that a finding is about. */
  readonly onCell: (finding: IFinding) => void;
  /** Restarts the kernel and runs all cells, recorded. */
  readonly onRecord: () => void;
  /** Where a file of it would go, unless one says otherwise. */
  readonly fileFor: (form: 'car' | 'zip') => string;
  readonly onDownload: (path: string) => void;
  readonly onSend: () => void;
  readonly onServe: () => void;
  /** Shows what was shared as its reader sees it. */
  readonly onOpen: () => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * Sharing a notebook, step by step.
 */
export function ShareDialog(props: IShareDialogProps): React.JSX.Element {
  const { model, trans } = props;
  const { step } = model;
  const body = React.useRef<HTMLDivElement>(null);
  const before = React.useRef(step);

  React.useEffect(() => {
    if (before.current !== step) {
      // The heading is read aloud, and the keyboard goes on from there.
      before.current = step;
      body.current?.querySelector<HTMLElement>('h3')?.focus();
    }
  }, [step]);

  return (
    <>
      <header className="jp-Ipfs-shareHead">
        <h2 id="jp-Ipfs-shareTitle">{trans.__('Share this notebook')}</h2>
        <IconButton
          icon={closeIcon}
          label={trans.__('Close')}
          onClick={props.onClose}
        />
      </header>
      <ol
        className="jp-Ipfs-formSteps"
        aria-label={trans.__('Steps of sharing')}
      >
        {SHARE_STEPS.map((each, index) => (
          <li key={each}>
            <button
              type="button"
              aria-current={each === step ? 'step' : undefined}
              disabled={each !== 'what' && model.shared === null}
              onClick={() => model.goTo(each)}
            >
              <span aria-hidden="true">{index + 1}</span>
              {stepText(each, trans)}
            </button>
          </li>
        ))}
      </ol>
      <div
        className="jp-Ipfs-shareBody jp-Ipfs-formPart"
        ref={body}
        data-step={step}
      >
        {model.problem !== null && (
          <ProblemNote problem={model.problem}>
            {model.plan === null && (
              <button
                type="button"
                className="jp-Ipfs-button"
                onClick={() => void model.look()}
              >
                {trans.__('Try again')}
              </button>
            )}
          </ProblemNote>
        )}
        {step === 'what' ? <ShareWhat {...props} /> : <ShareHow {...props} />}
      </div>
    </>
  );
}

function stepText(step: ShareStep, trans: TranslationBundle): string {
  switch (step) {
    case 'what':
      return trans.__('What');
    case 'how':
      return trans.__('How it gets there');
    case 'done':
      return trans.__('Done');
  }
}

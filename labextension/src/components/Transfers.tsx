import type { TranslationBundle } from '@jupyterlab/translation';
import {
  checkIcon,
  closeIcon,
  fileIcon,
  folderIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { shortCID } from '../models/cid';
import { plainText } from '../models/plainText';
import type { ITransfer } from '../models/transfers';
import { CopyButton } from './CopyButton';
import { IconButton } from './IconButton';
import {
  errorTexts,
  existingText,
  leftOutTexts,
  phaseText,
  progressFacts
} from './transferText';

export interface ITransfersProps {
  /** Newest first. */
  readonly transfers: readonly ITransfer[];
  readonly copy: (text: string) => void;
  /** Show the item in the list of what is stored. */
  readonly onShow: (root: string) => void;
  readonly onRetry: (key: string) => void;
  /** Cancel it, or take it off the list. */
  readonly onDismiss: (key: string) => void;
  readonly trans: TranslationBundle;
}

/** How many lines are drawn; the others are counted. */
const MOST_SHOWN = 30;

/**
 * All that is on its way, and how it ended.
 */
export function Transfers(props: ITransfersProps): React.JSX.Element {
  const { transfers, trans } = props;
  const shown = transfers.slice(0, MOST_SHOWN);
  const rest = transfers.length - shown.length;
  return (
    <div className="jp-Ipfs-transfers">
      <ul aria-label={trans.__('Transfers')}>
        {shown.map(transfer => (
          <Transfer key={transfer.key} {...props} transfer={transfer} />
        ))}
      </ul>
      {rest > 0 && (
        <p className="jp-Ipfs-transfersRest">
          {trans._n('… and %1 more', '… and %1 more', rest)}
        </p>
      )}
      <Ends transfers={transfers} trans={trans} />
    </div>
  );
}

function Transfer(
  props: ITransfersProps & { transfer: ITransfer }
): React.JSX.Element {
  const { transfer, trans } = props;
  const title = titleText(transfer, trans);
  const isOver = hasEnded(transfer);
  const phase = phaseText(transfer, trans);
  const existing = existingText(transfer, trans);
  const facts = [
    ...(transfer.state === 'failed' || transfer.state === 'cancelled'
      ? []
      : progressFacts(transfer, trans)),
    ...(existing === null ? [] : [existing])
  ];
  return (
    <li className="jp-Ipfs-transfer" data-state={transfer.state}>
      <div className="jp-Ipfs-transferHead">
        <StateIcon transfer={transfer} />
        <span className="jp-Ipfs-transferTitle" title={title}>
          <bdi>{title}</bdi>
        </span>
        {transfer.state === 'failed' && transfer.canRetry && (
          <IconButton
            icon={refreshIcon}
            label={trans.__('Try again: %1', title)}
            onClick={() => props.onRetry(transfer.key)}
          />
        )}
        <IconButton
          icon={closeIcon}
          label={
            isOver
              ? trans.__('Take off the list: %1', title)
              : trans.__('Cancel: %1', title)
          }
          onClick={() => props.onDismiss(transfer.key)}
        />
      </div>
      {!isOver && <Bar transfer={transfer} title={title} phase={phase} />}
      <div className="jp-Ipfs-transferFacts">
        <span className="jp-Ipfs-transferPhase">{phase}</span>
        {facts.map((fact, index) => (
          <span key={index}>{fact}</span>
        ))}
      </div>
      {transfer.error !== null &&
        errorTexts(transfer.error, trans).map((text, index) => (
          <p key={index} className="jp-Ipfs-transferError">
            <bdi>{text}</bdi>
          </p>
        ))}
      {leftOutTexts(transfer, trans).map((text, index) => (
        <p key={index}>{text}</p>
      ))}
      {transfer.state === 'done' && transfer.root !== null && (
        <Result {...props} root={transfer.root} />
      )}
    </li>
  );
}

function Result(props: ITransfersProps & { root: string }): React.JSX.Element {
  const { root, trans } = props;
  return (
    <div className="jp-Ipfs-transferResult">
      <code className="jp-Ipfs-cid" title={root}>
        {shortCID(root)}
      </code>
      <CopyButton
        text={root}
        label={trans.__('Copy CID')}
        copy={props.copy}
        trans={trans}
      />
      <button
        type="button"
        className="jp-Ipfs-button"
        onClick={() => props.onShow(root)}
      >
        {trans.__('Show')}
      </button>
    </div>
  );
}

function StateIcon({ transfer }: { transfer: ITransfer }): React.JSX.Element {
  const icon =
    transfer.state === 'done'
      ? checkIcon
      : transfer.files > 1 || (transfer.filesTotal ?? 0) > 1
        ? folderIcon
        : fileIcon;
  return (
    <icon.react
      tag="span"
      className="jp-Ipfs-transferIcon"
      aria-hidden="true"
    />
  );
}

function Bar(props: {
  transfer: ITransfer;
  title: string;
  phase: string;
}): React.JSX.Element {
  const { size, sizeTotal } = props.transfer;
  const percent =
    sizeTotal === null || sizeTotal === 0
      ? null
      : Math.min(100, Math.floor((size * 100) / sizeTotal));
  return (
    <div
      className={
        percent === null
          ? 'jp-Ipfs-bar jp-Ipfs-mod-indeterminate'
          : 'jp-Ipfs-bar'
      }
      role="progressbar"
      aria-label={props.title}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      aria-valuetext={
        percent === null ? props.phase : `${props.phase} ${percent} %`
      }
    >
      <div style={{ width: percent === null ? undefined : `${percent}%` }} />
    </div>
  );
}

/** Tells screen readers how each one ended; progress itself would be chatter. */
function Ends(
  props: Pick<ITransfersProps, 'transfers' | 'trans'>
): React.JSX.Element {
  const { transfers, trans } = props;
  const [told, setTold] = React.useState('');
  const known = React.useRef(new Set<string>());
  React.useEffect(() => {
    const ended = transfers.filter(
      transfer => hasEnded(transfer) && !known.current.has(transfer.key)
    );
    known.current = new Set(
      transfers.filter(hasEnded).map(transfer => transfer.key)
    );
    if (ended.length > 0) {
      setTold(
        ended
          .map(transfer => {
            const title = titleText(transfer, trans);
            return `${title}: ${phaseText(transfer, trans)}`;
          })
          .join('. ')
      );
    }
  }, [transfers, trans]);
  return (
    <div role="status" aria-live="polite" className="jp-Ipfs-visuallyHidden">
      {told}
    </div>
  );
}

function hasEnded(transfer: ITransfer): boolean {
  return ['done', 'failed', 'cancelled'].includes(transfer.state);
}

function titleText(transfer: ITransfer, trans: TranslationBundle): string {
  return (
    plainText(transfer.title) ??
    trans._n('%1 file', '%1 files', Math.max(1, transfer.files))
  );
}

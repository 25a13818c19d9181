import type { TranslationBundle } from '@jupyterlab/translation';
import {
  checkIcon,
  closeIcon,
  copyIcon,
  fileIcon,
  folderIcon,
  listIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { shortCID } from '../models/cid';
import { plainText } from '../models/plainText';
import type { ITransfer } from '../models/transfers';
import { hasEnded } from '../models/transfers';
import { IconButton } from './IconButton';
import {
  errorTexts,
  existingText,
  leftOutCount,
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

/** How long a button says that it has copied. */
const FEEDBACK_MS = 2000;

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
  const { transfer } = props;
  return (
    <li
      className="jp-Ipfs-transfer"
      data-state={transfer.state}
      data-cid={transfer.root ?? undefined}
    >
      {hasEnded(transfer) ? <Ended {...props} /> : <UnderWay {...props} />}
    </li>
  );
}

function UnderWay(
  props: ITransfersProps & { transfer: ITransfer }
): React.JSX.Element {
  const { transfer, trans } = props;
  const title = titleText(transfer, trans);
  const phase = phaseText(transfer, trans);
  return (
    <>
      <div className="jp-Ipfs-transferHead">
        <StateIcon transfer={transfer} />
        <span className="jp-Ipfs-transferTitle" title={title}>
          <bdi>{title}</bdi>
        </span>
        <IconButton
          icon={closeIcon}
          label={trans.__('Cancel: %1', title)}
          onClick={() => props.onDismiss(transfer.key)}
        />
      </div>
      <Bar transfer={transfer} title={title} phase={phase} />
      <div className="jp-Ipfs-transferFacts">
        <span className="jp-Ipfs-transferPhase">{phase}</span>
        {factsOf(transfer, trans).map((fact, index) => (
          <span key={index}>{fact}</span>
        ))}
      </div>
    </>
  );
}

/** One line; what there is to say besides unfolds. */
function Ended(
  props: ITransfersProps & { transfer: ITransfer }
): React.JSX.Element {
  const { transfer, trans } = props;
  const [isOpen, setOpen] = React.useState(false);
  const detailsId = React.useId();
  const title = titleText(transfer, trans);
  const result = phaseText(transfer, trans);
  const facts = transfer.state === 'done' ? factsOf(transfer, trans) : [];
  const details = [
    ...(transfer.error === null ? [] : errorTexts(transfer.error, trans)),
    ...leftOutTexts(transfer, trans)
  ];
  const { root } = transfer;
  return (
    <>
      <div className="jp-Ipfs-transferHead">
        <StateIcon transfer={transfer} />
        <span
          className="jp-Ipfs-transferTitle"
          title={root === null ? title : `${title}\n${root}`}
        >
          <bdi>{title}</bdi>
        </span>
        <span
          className="jp-Ipfs-transferResult"
          title={[result, ...facts].join(' · ')}
        >
          {result}
        </span>
        {details.length > 0 && (
          <button
            type="button"
            className="jp-Ipfs-transferMore"
            aria-expanded={isOpen}
            aria-controls={detailsId}
            onClick={() => setOpen(!isOpen)}
          >
            {(transfer.error === null ? leftOutCount(transfer, trans) : null) ??
              trans.__('Details')}
          </button>
        )}
        {transfer.state === 'done' && root !== null && (
          <>
            <CopyCID {...props} cid={root} title={title} />
            <IconButton
              icon={listIcon}
              label={trans.__('Show in the list: %1', title)}
              onClick={() => props.onShow(root)}
            />
          </>
        )}
        {transfer.state === 'failed' && transfer.canRetry && (
          <IconButton
            icon={refreshIcon}
            label={trans.__('Try again: %1', title)}
            onClick={() => props.onRetry(transfer.key)}
          />
        )}
        <IconButton
          icon={closeIcon}
          label={trans.__('Take off the list: %1', title)}
          onClick={() => props.onDismiss(transfer.key)}
        />
      </div>
      <div
        id={detailsId}
        className="jp-Ipfs-transferDetails"
        hidden={!isOpen || details.length === 0}
      >
        {details.map((text, index) => (
          <p key={index}>
            <bdi>{text}</bdi>
          </p>
        ))}
      </div>
    </>
  );
}

/** Copies, and for a moment says so. */
function CopyCID(
  props: Pick<ITransfersProps, 'copy' | 'trans'> & {
    cid: string;
    title: string;
  }
): React.JSX.Element {
  const { cid, title, copy, trans } = props;
  const [isCopied, setCopied] = React.useState(false);
  React.useEffect(() => {
    if (!isCopied) {
      return;
    }
    const timer = window.setTimeout(() => setCopied(false), FEEDBACK_MS);
    return () => window.clearTimeout(timer);
  }, [isCopied]);
  return (
    <>
      <IconButton
        icon={isCopied ? checkIcon : copyIcon}
        label={trans.__('Copy CID: %1', title)}
        onClick={() => {
          copy(cid);
          setCopied(true);
        }}
      />
      <span role="status" className="jp-Ipfs-visuallyHidden">
        {isCopied ? trans.__('Copied') : ''}
      </span>
    </>
  );
}

/** A button that empties the list of what has ended; nothing if nothing has. */
export function ClearEnded(props: {
  transfers: readonly ITransfer[];
  onClear: () => void;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { transfers, onClear, trans } = props;
  return transfers.some(hasEnded) ? (
    <button
      type="button"
      className="jp-Ipfs-headButton"
      title={trans.__('Take off the list what has ended')}
      onClick={onClear}
    >
      {trans.__('Clear all')}
    </button>
  ) : null;
}

function StateIcon({ transfer }: { transfer: ITransfer }): React.JSX.Element {
  const icon =
    transfer.state === 'done'
      ? checkIcon
      : transfer.isFolder ||
          transfer.files > 1 ||
          (transfer.filesTotal ?? 0) > 1
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

function factsOf(transfer: ITransfer, trans: TranslationBundle): string[] {
  const existing = existingText(transfer, trans);
  return [
    ...progressFacts(transfer, trans),
    ...(existing === null ? [] : [existing])
  ];
}

/** What people call it; a path of the server's only where nobody has said. */
function titleText(transfer: ITransfer, trans: TranslationBundle): string {
  const path = /^\/ipfs\/([^/]+)(.*)$/s.exec(transfer.title ?? '');
  const title =
    path === null ? transfer.title : `${shortCID(path[1])}${path[2]}`;
  return (
    plainText(title) ??
    trans._n('%1 file', '%1 files', Math.max(1, transfer.files))
  );
}

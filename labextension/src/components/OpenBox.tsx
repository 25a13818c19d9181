import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IListing } from '../api/entries';
import type { AddressProblem } from '../models/address';
import { lastName } from '../models/address';
import { isCID, shortCID } from '../models/cid';
import type { OpeningModel, OpeningState } from '../models/opening';
import { plainText } from '../models/plainText';
import { itemIcon } from './itemIcon';
import { ProblemNote } from './ProblemNote';
import { sizeText } from './size';

export interface IOpenBoxProps {
  readonly model: OpeningModel;
  /** Finds what stands in the box. */
  readonly onOpen: () => void;
  /** Shows once more what was found. */
  readonly onShow: (listing: IListing) => void;
  /** Asks the gateway of the link that was pasted, if the user agrees. */
  readonly onAskGateway: (url: string) => void;
  /** Asks for one more place to look in, and tries again. */
  readonly onLookElsewhere: () => void;
  /** Takes a CAR file in, and tries again. */
  readonly onOpenCAR: () => void;
  readonly trans: TranslationBundle;
}

/** The errors that say that it is not to be had, rather than that something is wrong. */
const ELSEWHERE = new Set(['FetchError', 'BlockNotFoundError']);

/**
 * One box for whatever leads to content, and what became of it.
 */
export function OpenBox(props: IOpenBoxProps): React.JSX.Element {
  const { model, trans } = props;
  const id = React.useId();
  const onSubmit = (event: React.FormEvent): void => {
    event.preventDefault();
    props.onOpen();
  };
  return (
    <div className="jp-Ipfs-openBox">
      <form className="jp-Ipfs-openForm" onSubmit={onSubmit}>
        <input
          className="jp-Ipfs-input"
          type="text"
          value={model.text}
          placeholder={trans.__('Open a CID or a link…')}
          aria-label={trans.__(
            'Paste a CID, an ipfs:// or a gateway link, or a name'
          )}
          title={trans.__(
            'Paste a CID, an ipfs:// or a gateway link, or a name'
          )}
          aria-invalid={model.state.kind === 'refused'}
          aria-describedby={id}
          autoComplete="off"
          spellCheck={false}
          onChange={event => {
            model.text = event.target.value;
          }}
        />
        <button type="submit" className="jp-Ipfs-button">
          {trans.__('Open')}
        </button>
      </form>
      <div id={id} className="jp-Ipfs-openState" aria-live="polite">
        <State {...props} state={model.state} />
      </div>
    </div>
  );
}

function State(
  props: IOpenBoxProps & { state: OpeningState }
): React.JSX.Element | null {
  const { model, state, trans } = props;
  switch (state.kind) {
    case 'idle':
      return null;
    case 'refused':
      return (
        <p className="jp-Ipfs-message">{problemText(state.problem, trans)}</p>
      );
    case 'looking':
      return <p>{trans.__('Looking whether it is here…')}</p>;
    case 'absent':
      return (
        <>
          <p>{trans.__('It is not on this computer.')}</p>
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onOpen}
          >
            {trans.__('Fetch it')}
          </button>
        </>
      );
    case 'fetching':
      return (
        <>
          <p>
            {trans.__('Fetching: each block is checked as it arrives.')}
            {state.job !== null && state.job.size > 0 && (
              <> {trans.__('%1 so far.', sizeText(state.job.size, trans))}</>
            )}
          </p>
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => void model.cancel()}
          >
            {trans.__('Cancel')}
          </button>
        </>
      );
    case 'failed':
      if (state.problem.code === 'NameNotFoundError') {
        return (
          <p className="jp-Ipfs-message">
            {trans.__(
              '“%1” is neither a CID nor a name of yours. Expected is a CID (bafy… or Qm…), ipfs://<CID>, a gateway’s link with a CID in it, or a name that is listed below.',
              plainText(state.path, 80) ?? ''
            )}
          </p>
        );
      }
      return ELSEWHERE.has(state.problem.code ?? '') ? (
        <NotFound {...props} state={state} />
      ) : (
        <ProblemNote problem={state.problem} />
      );
    case 'opened':
      return (
        <Found
          listing={state.listing}
          title={state.title}
          onShow={props.onShow}
          trans={trans}
        />
      );
  }
}

/** It may be somewhere: where to look next, and what was tried. */
function NotFound(
  props: IOpenBoxProps & { state: Extract<OpeningState, { kind: 'failed' }> }
): React.JSX.Element {
  const { state, trans } = props;
  const { gateway, problem } = state;
  return (
    <div className="jp-Ipfs-message" role="alert">
      <p>
        {trans.__(
          'It is not on this computer, and nowhere that was looked has it.'
        )}
      </p>
      {gateway !== null && (
        <p>
          {trans.__(
            'The link names %1, which was not asked.',
            plainText(gateway) ?? ''
          )}
        </p>
      )}
      <div className="jp-Ipfs-choices">
        {gateway !== null && (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => props.onAskGateway(gateway)}
          >
            {trans.__('Ask it…')}
          </button>
        )}
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onLookElsewhere}
        >
          {trans.__('Look in a folder…')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onOpenCAR}
        >
          {trans.__('Open a CAR file…')}
        </button>
      </div>
      <details>
        <summary>{trans.__('Details')}</summary>
        <p>
          <bdi>{problem.message}</bdi>
        </p>
        {problem.hint !== null && (
          <p>
            <bdi>{problem.hint}</bdi>
          </p>
        )}
      </details>
    </div>
  );
}

function Found(props: {
  listing: IListing;
  title: string | null;
  onShow: (listing: IListing) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { listing, trans } = props;
  const name = props.title ?? lastName(listing.path);
  const title = isCID(name) ? shortCID(name) : plainText(name);
  const Icon = itemIcon(listing.kind, name);
  return (
    <button
      type="button"
      className="jp-Ipfs-found"
      title={trans.__('Show it')}
      onClick={() => props.onShow(listing)}
    >
      <Icon.react tag="span" className="jp-Ipfs-itemIcon" aria-hidden="true" />
      <bdi>{title}</bdi>
      <span className="jp-Ipfs-facts">
        {listing.kind === 'directory' && listing.total !== null
          ? trans._n('%1 entry', '%1 entries', listing.total)
          : listing.size !== null && sizeText(listing.size, trans)}
      </span>
    </button>
  );
}

/** What is wrong with a text, and what would be right. */
function problemText(
  problem: AddressProblem,
  trans: TranslationBundle
): string {
  switch (problem) {
    case 'empty':
      return trans.__(
        'Paste something first: a CID (bafy… or Qm…), a link with one in it, or a name of yours.'
      );
    case 'broken-cid':
      return trans.__(
        'This looks like a CID, but it is none: a character is missing or wrong. Copy it once more; a CID is read as a whole.'
      );
    case 'ipns':
      return trans.__(
        'This is an IPNS name, which may lead elsewhere tomorrow and is not supported. Ask for the CID that it leads to now.'
      );
    case 'bare-link':
      return trans.__(
        'This is the address of a gateway, without what to open there. Ask for the whole link: it ends in /ipfs/ and a CID. To look there for whatever is not here, add it under “Where it is kept”.'
      );
    case 'link-without-cid':
      return trans.__(
        'There is no CID in this link. Expected is https://…/ipfs/<CID> or https://<CID>.ipfs.….'
      );
    case 'other-scheme':
      return trans.__(
        'Such links are not read here. Expected is a CID, ipfs://<CID>, a gateway’s https link, or a name.'
      );
    case 'dots':
      return trans.__(
        'A path in IPFS has no “.” or “..” in it. Leave them out.'
      );
  }
}

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBundle } from '../api/bundles';
import type { BundleModel } from '../models/bundle';
import { shortCID } from '../models/cid';
import { plainLines, plainText } from '../models/plainText';
import { BundleCells } from './BundleCells';
import { BundleDifference } from './BundleDifference';
import { BundleInputs } from './BundleInputs';
import { intactText, signatureText, timeText } from './bundleWords';
import { CopyButton } from './CopyButton';
import { ProblemNote } from './ProblemNote';
import { Replay, Reports } from './Reports';
import { sizeText } from './size';
import { Section } from './Section';

export interface IBundleProps {
  readonly model: BundleModel;
  /** Whether somebody is signed in who could vouch for it. */
  readonly canSign: boolean;
  readonly onOpenReadOnly: (bundle: IBundle) => void;
  readonly onOpenCopy: (bundle: IBundle) => void;
  readonly onFiles: (path: string) => void;
  readonly onFetch: () => void;
  readonly onReproduce: (bundle: IBundle) => void;
  readonly onOpenShare: (root: string, title: string) => void;
  readonly onCompare: () => void;
  readonly onVouch: (bundle: IBundle) => void;
  readonly onSignReport: (cid: string) => void;
  readonly onSendReport: (cid: string) => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * A notebook that somebody has shared: what is known of it, and what can be done with it.
 */
export function Bundle(props: IBundleProps): React.JSX.Element {
  const { model, trans } = props;
  const state = model.bundle;
  switch (state.kind) {
    case 'unasked':
    case 'asking':
      return (
        <p className="jp-Ipfs-contentNote" role="status">
          {trans.__('Looking what it is…')}
        </p>
      );
    case 'failed':
      return (
        <div className="jp-Ipfs-contentNote">
          <ProblemNote problem={state.problem}>
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={() => void model.load()}
            >
              {trans.__('Try again')}
            </button>{' '}
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={() => props.onFiles(model.path)}
            >
              {trans.__('Show its files')}
            </button>
          </ProblemNote>
        </div>
      );
    case 'here':
      return state.value.is_report ? (
        <div className="jp-Ipfs-bundleBody">
          <ReportHead {...props} bundle={state.value} />
          <Reports {...props} bundle={state.value} />
        </div>
      ) : (
        <Shown {...props} bundle={state.value} />
      );
  }
}

type Props = IBundleProps & { bundle: IBundle };

function Shown(props: Props): React.JSX.Element {
  const { model, bundle, trans } = props;
  return (
    <div className="jp-Ipfs-bundleBody">
      <Head {...props} />
      <Integrity {...props} />
      <Signatures {...props} />
      <Replay {...props} />
      <Reports {...props} />
      <BundleInputs bundle={bundle} trans={trans} />
      <BundleCells model={model} bundle={bundle} trans={trans} />
      <Environment {...props} />
      <BundleDifference
        model={model}
        onCompare={props.onCompare}
        trans={trans}
      />
      <Provenance {...props} />
    </div>
  );
}

/** What a report that was opened by itself is about. */
function ReportHead(props: Props): React.JSX.Element {
  const { model, bundle, trans } = props;
  const { report } = model;
  const share = report.kind === 'here' ? report.value.report.share : null;
  return (
    <header className="jp-Ipfs-bundleHead">
      <h2>
        <bdi>{trans.__('Report on “%1”', plainText(bundle.title) ?? '')}</bdi>
      </h2>
      <p>
        {trans.__(
          'Somebody ran a shared notebook again and compared. It tells of one run on one machine.'
        )}
      </p>
      {share !== null && share !== '' && (
        <div className="jp-Ipfs-bundleTools">
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => props.onOpenShare(share, bundle.title)}
          >
            {trans.__('Open what it is about')}
          </button>
        </div>
      )}
    </header>
  );
}

function Head(props: Props): React.JSX.Element {
  const { model, bundle, trans } = props;
  const authors = bundle.authors.map(name => plainText(name, 80)).join(', ');
  const facts = [
    authors === '' ? null : authors,
    timeText(bundle.created_at),
    sizeText(bundle.size, trans)
  ].filter(text => text !== null && text !== '');
  return (
    <header className="jp-Ipfs-bundleHead">
      <h2>
        <bdi>{plainText(bundle.title)}</bdi>
      </h2>
      <p>
        <bdi>{facts.join(' · ')}</bdi>
      </p>
      <p>
        {bundle.license === ''
          ? trans.__(
              'No licence: you may read it, but nobody said that you may use it.'
            )
          : trans.__('Licence: %1', plainText(bundle.license, 80) ?? '')}
      </p>
      {bundle.description !== '' && (
        <p
          className="jp-Ipfs-text jp-Ipfs-bundleText"
          tabIndex={0}
          role="group"
          aria-label={trans.__('Description')}
        >
          {plainLines(bundle.description)}
        </p>
      )}
      <div className="jp-Ipfs-cidRow">
        <code className="jp-Ipfs-cid" title={bundle.root}>
          {shortCID(bundle.root)}
        </code>
        <CopyButton
          text={`ipfs://${bundle.root}`}
          label={trans.__('Copy link')}
          copy={props.copy}
          trans={trans}
        />
      </div>
      <div className="jp-Ipfs-bundleTools">
        <button
          type="button"
          className="jp-Ipfs-button"
          title={trans.__('Nothing in it runs, and nothing is written')}
          onClick={() => props.onOpenReadOnly(bundle)}
        >
          {trans.__('Open read-only')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          title={trans.__(
            'Into a new folder; nothing is overwritten, nothing runs by itself'
          )}
          onClick={() => props.onOpenCopy(bundle)}
        >
          {trans.__('Open a copy…')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          disabled={model.replay.kind === 'asking'}
          title={trans.__('Run it again and compare; asks first')}
          onClick={() => props.onReproduce(bundle)}
        >
          {trans.__('Reproduce…')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={() => props.onFiles(`/ipfs/${bundle.root}`)}
        >
          {trans.__('Show its files')}
        </button>
      </div>
    </header>
  );
}

function Integrity(props: Props): React.JSX.Element {
  const { model, bundle, trans } = props;
  const { integrity } = model;
  const found = integrity.kind === 'here' ? integrity.value : null;
  const isComplete =
    bundle.inputs.every(({ included, held }) => held || !included) &&
    (found?.missing.length ?? 0) === 0;
  return (
    <Section title={trans.__('Intact')}>
      <p role="status" data-intact={found === null ? 'unread' : 'read'}>
        {integrity.kind === 'asking'
          ? trans.__('Reading each byte of it…')
          : intactText(bundle, found, trans)}
      </p>
      {found !== null && found.damaged.length > 0 && (
        <div className="jp-Ipfs-message" role="alert">
          <ul>
            {found.damaged.map(({ path, problem }) => (
              <li key={path}>
                <bdi>{plainText(path, 300)}</bdi>:{' '}
                <bdi>{plainText(problem, 300)}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
      {found !== null && found.missing.length > 0 && (
        <ul>
          {found.missing.map(path => (
            <li key={path}>
              <bdi>{plainText(path, 300)}</bdi>: {trans.__('not here')}
            </li>
          ))}
        </ul>
      )}
      {integrity.kind === 'failed' && (
        <ProblemNote problem={integrity.problem} />
      )}
      <div className="jp-Ipfs-bundleTools">
        <button
          type="button"
          className="jp-Ipfs-button"
          disabled={integrity.kind === 'asking'}
          onClick={() => void model.check()}
        >
          {trans.__('Check all')}
        </button>
        {!isComplete && (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onFetch}
          >
            {trans.__('Fetch what is not here')}
          </button>
        )}
      </div>
    </Section>
  );
}

function Signatures(props: Props): React.JSX.Element {
  const { bundle, trans } = props;
  return (
    <Section title={trans.__('Signed by')}>
      {bundle.signatures.length === 0 ? (
        <p>
          {trans.__(
            'Nobody. It is what its CID says, but who made it nobody has put their name to.'
          )}
        </p>
      ) : (
        <ul>
          {bundle.signatures.map(signature => (
            <li
              key={`${signature.role} ${signature.address}`}
              title={plainText(signature.address) ?? ''}
              className={
                signature.valid ? undefined : 'jp-Ipfs-message jp-Ipfs-invalid'
              }
            >
              {signatureText(signature, trans)}
            </li>
          ))}
        </ul>
      )}
      {props.canSign && !bundle.signatures.some(({ own }) => own) && (
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={() => props.onVouch(bundle)}
        >
          {trans.__('Vouch for it with your wallet…')}
        </button>
      )}
    </Section>
  );
}

function Environment(props: Props): React.JSX.Element {
  const { bundle, trans } = props;
  const { environment } = bundle;
  return (
    <Section title={trans.__('Environment')}>
      <p>
        {trans._n(
          'Python %2 on %3, and %1 package',
          'Python %2 on %3, and %1 packages',
          environment.packages,
          plainText(environment.python, 40) ?? '',
          plainText(`${environment.platform} ${environment.machine}`, 60) ?? ''
        )}
      </p>
      {environment.unlocked.length > 0 && (
        <>
          <p>{trans.__('Not locked:')}</p>
          <ul>
            {environment.unlocked.map(({ name, version, why }) => (
              <li key={`${name} ${version}`}>
                <bdi>{plainText(`${name} ${version}`)}</bdi>:{' '}
                <bdi>{plainText(why)}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

/** The picture is an image: whatever stands in it, it runs nothing and asks nobody. */
function Provenance(props: Props): React.JSX.Element {
  const { model, trans } = props;
  const { provenance } = model;
  return (
    <details
      className="jp-Ipfs-provenance"
      onToggle={event => {
        if (event.currentTarget.open) {
          void model.loadProvenance();
        }
      }}
    >
      <summary>{trans.__('Provenance: from inputs to outputs')}</summary>
      {provenance.kind === 'asking' && <p>{trans.__('Drawing…')}</p>}
      {provenance.kind === 'failed' && (
        <ProblemNote problem={provenance.problem} />
      )}
      {provenance.kind === 'here' && (
        <>
          <div
            className="jp-Ipfs-dag"
            tabIndex={0}
            role="group"
            aria-label={trans.__('Picture of where its outputs come from')}
          >
            <img
              src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(
                provenance.value.svg
              )}`}
              alt={trans.__(
                'Inputs, cells and outputs; the text below says the same'
              )}
            />
          </div>
          <pre className="jp-Ipfs-text" tabIndex={0}>
            {plainLines(provenance.value.text)}
          </pre>
        </>
      )}
    </details>
  );
}

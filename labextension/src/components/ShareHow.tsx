import * as React from 'react';

import type { IShared } from '../api/sharing';
import { shortCID } from '../models/cid';
import { plainText } from '../models/plainText';
import { CopyButton } from './CopyButton';
import type { IServed, IShareDialogProps } from './ShareDialog';
import { ShareProgress } from './ShareProgress';
import { sizeText } from './size';
import { shortAddress } from './walletWords';

/**
 * How the reader gets what was shared, and what was done about it.
 */
export function ShareHow(props: IShareDialogProps): React.JSX.Element | null {
  const { model } = props;
  const { shared } = model;
  if (shared === null) {
    return null;
  }
  return model.step === 'how' ? (
    <How {...props} shared={shared} />
  ) : (
    <Done {...props} shared={shared} />
  );
}

type Props = IShareDialogProps & { shared: IShared };

function How(props: Props): React.JSX.Element {
  const { model, account, trans } = props;
  return (
    <>
      <h3 tabIndex={-1}>{trans.__('How the reader gets it')}</h3>
      <Identity {...props} />
      <p>
        {isNowhere(props)
          ? trans.__(
              'So far it is only on this computer. The link names it and proves it, but brings no bytes: choose at least one way for those.'
            )
          : trans.__(
              'The link names it and proves it, but brings no bytes: those come by what you choose here.'
            )}
      </p>
      <section className="jp-Ipfs-way" aria-label={trans.__('Save a file')}>
        <h4>{trans.__('Save a file')}</h4>
        <p>
          {trans.__(
            'For a mail, a drive or an archive. The file holds everything; whoever has it can read it.'
          )}
        </p>
        <SaveAs {...props} />
      </section>
      <section className="jp-Ipfs-way" aria-label={trans.__('Send to')}>
        <h4>{trans.__('Send to a folder or a Kubo')}</h4>
        <p>
          {trans.__(
            'A folder that both of you can read, or an IPFS node. There the link is enough.'
          )}
        </p>
        <button type="button" className="jp-Ipfs-button" onClick={props.onSend}>
          {trans.__('Send to…')}
        </button>
        <Sent {...props} />
      </section>
      <section className="jp-Ipfs-way" aria-label={trans.__('Serve')}>
        <h4>{trans.__('Serve it from here')}</h4>
        <p>
          {trans.__(
            'Others fetch it from this computer, without a login, until this Jupyter server stops. Only this share is served.'
          )}
        </p>
        {props.served === null ? (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onServe}
          >
            {trans.__('Serve from here…')}
          </button>
        ) : (
          <Served {...props} served={props.served} />
        )}
      </section>
      {account !== null && !model.isSharedSigned && (
        <section className="jp-Ipfs-way" aria-label={trans.__('Sign')}>
          <h4>{trans.__('Sign it')}</h4>
          <p>
            {trans.__(
              'A signature says that %1 stands for it. It changes the link, not the notebook.',
              shortAddress(account)
            )}
          </p>
          <button
            type="button"
            className="jp-Ipfs-button"
            disabled={model.busy !== null}
            onClick={() => void model.signShared()}
          >
            {trans.__('Sign it with your wallet')}
          </button>
        </section>
      )}
      {account === null && (
        <p className="jp-Ipfs-why">
          {trans.__(
            'Nobody has signed it. To put your name to it, sign in to a wallet in the IPFS sidebar, then come back.'
          )}
        </p>
      )}
      <div className="jp-Ipfs-formEnd">
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={() => model.goTo('what')}
        >
          {trans.__('Back')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button jp-Ipfs-mod-accept"
          onClick={() => model.goTo('done')}
        >
          {trans.__('Next')}
        </button>
      </div>
    </>
  );
}

/** Its link, and which version of what it is. */
function Identity(props: Props): React.JSX.Element {
  const { shared, trans } = props;
  return (
    <>
      <p>
        {shared.unchanged
          ? trans.__(
              'Nothing has changed since %1@%2, %3: the same bytes have the same CID.',
              plainText(shared.name) ?? '',
              shared.version,
              sizeText(shared.size, trans)
            )
          : trans.__(
              'Stored on this computer as %1@%2, %3. This version is kept.',
              plainText(shared.name) ?? '',
              shared.version,
              sizeText(shared.size, trans)
            )}
        {props.model.isSharedSigned &&
          ` ${trans.__('You have signed it as its author.')}`}
      </p>
      <div className="jp-Ipfs-cidRow">
        <code className="jp-Ipfs-cid" title={shared.root}>
          {shortCID(shared.root)}
        </code>
        <CopyButton
          text={shared.link}
          label={trans.__('Copy link')}
          copy={props.copy}
          trans={trans}
        />
        <CopyButton
          text={shared.root}
          label={trans.__('Copy CID')}
          copy={props.copy}
          trans={trans}
        />
      </div>
    </>
  );
}

function SaveAs(props: Props): React.JSX.Element {
  const { model, trans } = props;
  const [form, setForm] = React.useState<'car' | 'zip'>('zip');
  const [paths, setPaths] = React.useState<Readonly<Record<string, string>>>(
    {}
  );
  const path = paths[form] ?? props.fileFor(form);
  const name = React.useId();
  return (
    <form
      className="jp-Ipfs-fields"
      onSubmit={event => {
        event.preventDefault();
        void model.save(form, path.trim());
      }}
    >
      <fieldset className="jp-Ipfs-forms">
        <legend className="jp-Ipfs-visuallyHidden">{trans.__('Form')}</legend>
        {(['zip', 'car'] as const).map(each => (
          <label key={each} className="jp-Ipfs-check">
            <input
              type="radio"
              name={name}
              checked={form === each}
              onChange={() => setForm(each)}
            />
            {each === 'zip'
              ? trans.__(
                  '.zip: for everybody; it opens from the disk in a browser'
                )
              : trans.__(
                  '.car: for people with jupyter_ipfs or another IPFS program'
                )}
          </label>
        ))}
      </fieldset>
      <label className="jp-Ipfs-field">
        <span>{trans.__('File in the workspace')}</span>
        <input
          className="jp-Ipfs-input"
          value={path}
          onChange={event => setPaths({ ...paths, [form]: event.target.value })}
        />
      </label>
      <div className="jp-Ipfs-formEnd">
        <button
          type="submit"
          className="jp-Ipfs-button"
          disabled={model.busy !== null || path.trim() === ''}
        >
          {trans.__('Save')}
        </button>
        <span role="status" className="jp-Ipfs-why">
          {model.busy === 'saving'
            ? trans.__('Saving…')
            : model.isCancelled
              ? trans.__('Cancelled.')
              : ''}
        </span>
      </div>
      <ShareProgress model={model} trans={trans} />
      <Saved {...props} />
    </form>
  );
}

function Saved(props: Props): React.JSX.Element | null {
  const { model, trans } = props;
  if (model.saved.length === 0) {
    return null;
  }
  return (
    <div role="status">
      <ul className="jp-Ipfs-saved">
        {model.saved.map(({ path, size }) => (
          <li key={path}>
            {trans.__('Saved, %1:', sizeText(size, trans))}{' '}
            <bdi>{plainText(path)}</bdi>{' '}
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={() => props.onDownload(path)}
            >
              {trans.__('Download')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Where it was sent from this page. */
function Sent(props: Props): React.JSX.Element | null {
  const { model, trans } = props;
  return model.sentTo.length === 0 ? null : (
    <div role="status">
      <ul className="jp-Ipfs-saved">
        {model.sentTo.map(target => (
          <li key={target}>
            {trans.__('Sent to %1', plainText(target, 300) ?? '')}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Whether nobody else can have it yet. */
function isNowhere({ model, served }: Props): boolean {
  return (
    model.saved.length === 0 && model.sentTo.length === 0 && served === null
  );
}

function Served(props: Props & { served: IServed }): React.JSX.Element {
  const { served, trans } = props;
  return (
    <div className="jp-Ipfs-cidRow">
      <span>
        {trans.__('Served at')} <bdi>{plainText(served.link, 300)}</bdi>
        {!served.isPublic && (
          <span className="jp-Ipfs-pairNote">
            {trans.__(
              'Only programs on this computer can use this address. For others, stop serving it in the IPFS sidebar, then serve it to other computers.'
            )}
          </span>
        )}
      </span>
      <CopyButton
        text={served.link}
        label={trans.__('Copy address')}
        copy={props.copy}
        trans={trans}
      />
    </div>
  );
}

function Done(props: Props): React.JSX.Element {
  const { model, served, trans } = props;
  return (
    <>
      <h3 tabIndex={-1}>{trans.__('Shared')}</h3>
      <Identity {...props} />
      <Saved {...props} />
      {served !== null && <Served {...props} served={served} />}
      <Sent {...props} />
      {isNowhere(props) && (
        <p>
          {trans.__(
            'No file was saved, nothing was sent and nothing is served: the link leads others nowhere.'
          )}
        </p>
      )}
      <p>
        {trans.__(
          'The reader pastes the link into the IPFS sidebar, or uploads the file to JupyterLab and picks “Open the Share” in its context menu; in a terminal, “jupyter ipfs open” takes both. They see what is intact and who signed it, and can run it again in isolation.'
        )}
      </p>
      <div className="jp-Ipfs-formEnd">
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={() => model.goTo('how')}
        >
          {trans.__('Back')}
        </button>
        <button type="button" className="jp-Ipfs-button" onClick={props.onOpen}>
          {trans.__('See it as its reader does')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button jp-Ipfs-mod-accept"
          onClick={props.onClose}
        >
          {trans.__('Close')}
        </button>
      </div>
    </>
  );
}

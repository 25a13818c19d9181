import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IEnvironment, IFinding, IPlannedInput } from '../api/sharing';
import { plainText } from '../models/plainText';
import type { ShareField, SharingModel } from '../models/sharing';
import { howText, whyNotText } from './bundleWords';
import type { IShareDialogProps } from './ShareDialog';
import { ShareProgress } from './ShareProgress';
import { sizeText } from './size';
import { shortAddress } from './walletWords';

/** Licences that many use, by their SPDX identifiers; any other can be typed. */
const LICENSES = ['CC-BY-4.0', 'CC0-1.0', 'MIT', 'BSD-3-Clause', 'Apache-2.0'];

/** How many of one kind are listed before somebody asks for all. */
const SHOWN_FINDINGS = 8;

/**
 * What will be shared, and what is wrong with it.
 */
export function ShareWhat(props: IShareDialogProps): React.JSX.Element {
  const { model, account, trans } = props;
  const { busy, plan } = model;
  const why = React.useId();
  if (plan === null) {
    return (
      <p role="status">
        {busy === 'looking'
          ? trans.__('Looking what the notebook read, and what is in it…')
          : ''}
      </p>
    );
  }
  const { length: secrets } = model.secrets;
  return (
    <>
      <h3 tabIndex={-1}>{trans.__('What will be shared')}</h3>
      {!plan.recorded && <NoRun {...props} />}
      <Findings {...props} />
      <p>
        {trans._n(
          'The notebook as it stands on the disk, with %1 cell of code',
          'The notebook as it stands on the disk, with %1 cells of code',
          plan.notebook.cells
        )}
        {plan.notebook.run_cells < plan.notebook.cells
          ? trans.__(', %1 of them run', plan.notebook.run_cells)
          : ''}
        {trans.__('; its outputs; and what is ticked below.')}
      </p>
      <Inputs model={model} trans={trans} />
      {plan.hosts.length > 0 && (
        <p className="jp-Ipfs-message">
          {trans.__(
            'It talked to other computers: %1. What came from there is not in the bundle, and may be another the next time.',
            plan.hosts.map(host => plainText(host, 80)).join(', ')
          )}
        </p>
      )}
      <Environment environment={plan.environment} trans={trans} />
      <div className="jp-Ipfs-fields">
        <Text model={model} name="title" label={trans.__('Title')} />
        <Text
          model={model}
          name="authors"
          label={trans.__('Authors, separated by commas')}
        />
        <Text
          model={model}
          name="license"
          label={trans.__('Licence')}
          note={trans.__(
            'Without one, others may read it but not use it. Choose one, or type an SPDX identifier.'
          )}
          suggestions={LICENSES}
        />
        <Text
          model={model}
          name="description"
          label={trans.__('Description')}
          isLong
        />
      </div>
      {account !== null && (
        <label className="jp-Ipfs-check">
          <input
            type="checkbox"
            checked={model.isSigned}
            onChange={event => model.sign(event.target.checked)}
          />
          {trans.__('Sign it as its author, %1', shortAddress(account))}
        </label>
      )}
      {secrets > 0 && (
        <label className="jp-Ipfs-check">
          <input
            type="checkbox"
            checked={model.secretsAgreed}
            onChange={event => model.agreeToSecrets(event.target.checked)}
          />
          {trans._n(
            'Share it with the secret in it: whoever gets the bundle can use it',
            'Share it with the %1 secrets in it: whoever gets the bundle can use them',
            secrets
          )}
        </label>
      )}
      <div className="jp-Ipfs-formEnd">
        <button
          type="button"
          className="jp-Ipfs-button jp-Ipfs-mod-accept"
          disabled={!model.canShare}
          aria-describedby={why}
          onClick={() => void model.share()}
        >
          {trans.__('Make the share')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          disabled={busy !== null}
          onClick={() => void model.look()}
        >
          {trans.__('Look again')}
        </button>
        <span id={why} className="jp-Ipfs-why" role="status">
          {busyText(model, trans)}
        </span>
      </div>
      <ShareProgress model={model} trans={trans} />
      <p className="jp-Ipfs-why">
        {trans.__(
          'Notebook and inputs are %1; the list of its packages is added. It is stored on this computer first; nobody gets it before you say how.',
          sizeText(model.size, trans)
        )}
      </p>
    </>
  );
}

function busyText(model: SharingModel, trans: TranslationBundle): string {
  switch (model.busy) {
    case 'looking':
      return trans.__('Looking…');
    case 'running':
      return trans.__('Running the notebook…');
    case 'sharing':
      return model.job?.phase === 'storing'
        ? model.isSigned && model.job.size === model.job.size_total
          ? trans.__('Storing, then your wallet is asked…')
          : trans.__('Storing…')
        : trans.__('Locking the environment and storing…');
    case 'saving':
      return '';
    case null:
      return model.field('title').trim() === ''
        ? trans.__('It needs a title.')
        : model.secrets.length > 0 && !model.secretsAgreed
          ? trans.__('There are secrets in it: see above.')
          : model.isCancelled
            ? trans.__('Cancelled. Nothing was shared.')
            : '';
  }
}

/** Without a recorded run nobody knows what it read; how to get one. */
function NoRun(props: IShareDialogProps): React.JSX.Element {
  const { model, trans } = props;
  return (
    <div className="jp-Ipfs-message">
      <p>
        {trans.__(
          'No run of this notebook was recorded, so nobody has seen what it reads: the inputs below are guessed from texts in its code.'
        )}
      </p>
      <p>
        {trans.__(
          'A run is recorded from the line %load_ext jupyter_ipfs on. A fresh run of all cells in order is also what others can repeat.'
        )}
      </p>
      <button
        type="button"
        className="jp-Ipfs-button"
        disabled={model.busy !== null}
        title={trans.__(
          'The kernel’s variables are lost; outputs are made anew'
        )}
        onClick={props.onRecord}
      >
        {trans.__('Restart the kernel, run all cells and record it')}
      </button>
    </div>
  );
}

function Findings(props: IShareDialogProps): React.JSX.Element {
  const { model, trans } = props;
  const { findings, secrets } = model;
  const others = findings.filter(({ level }) => level !== 'secret');
  if (findings.length === 0) {
    return (
      <p>
        {trans.__(
          'No problem was found. That is a look by known patterns, no promise.'
        )}
      </p>
    );
  }
  return (
    <>
      {secrets.length > 0 && (
        <section
          className="jp-Ipfs-findings jp-Ipfs-mod-secret"
          aria-label={trans.__('Secrets')}
          role="alert"
        >
          <h4>
            {trans._n(
              '%1 secret would be shared',
              '%1 secrets would be shared',
              secrets.length
            )}
          </h4>
          <FindingList {...props} findings={secrets} />
        </section>
      )}
      {others.length > 0 && (
        <section
          className="jp-Ipfs-findings"
          aria-label={trans.__('Worth a look')}
        >
          <h4>{trans.__('Worth a look')}</h4>
          <FindingList {...props} findings={others} />
        </section>
      )}
    </>
  );
}

function FindingList(
  props: IShareDialogProps & { findings: readonly IFinding[] }
): React.JSX.Element {
  const { findings, trans } = props;
  const [isWhole, setWhole] = React.useState(false);
  const shown = isWhole ? findings : findings.slice(0, SHOWN_FINDINGS);
  return (
    <ul>
      {shown.map((finding, index) => (
        <li key={index}>
          <bdi>{plainText(finding.title, 400)}</bdi>
          {finding.where !== '' && (
            <>
              {' '}
              {finding.cell !== null ? (
                <button
                  type="button"
                  className="jp-Ipfs-crumb"
                  title={trans.__('Go to the cell')}
                  onClick={() => props.onCell(finding)}
                >
                  <bdi>{plainText(finding.where)}</bdi>
                </button>
              ) : (
                <span>
                  (<bdi>{plainText(finding.where)}</bdi>)
                </span>
              )}
            </>
          )}
          {finding.hint !== '' && (
            <span className="jp-Ipfs-pairNote">
              <bdi>{plainText(finding.hint, 400)}</bdi>
            </span>
          )}
        </li>
      ))}
      {shown.length < findings.length && (
        <li>
          <button
            type="button"
            className="jp-Ipfs-crumb"
            onClick={() => setWhole(true)}
          >
            {trans._n(
              '… and %1 more',
              '… and %1 more',
              findings.length - shown.length
            )}
          </button>
        </li>
      )}
    </ul>
  );
}

function Inputs(props: {
  model: SharingModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, trans } = props;
  const inputs = model.plan?.inputs ?? [];
  if (inputs.length === 0) {
    return (
      <p>
        {model.plan?.recorded === true
          ? trans.__('The run was not seen to read any file.')
          : trans.__('No file is named in its code.')}
      </p>
    );
  }
  return (
    <fieldset className="jp-Ipfs-inputs">
      <legend>
        {trans._n(
          '%1 input that it was seen to read, or may read',
          '%1 inputs that it was seen to read, or may read',
          inputs.length
        )}
      </legend>
      <ul>
        {inputs.map(input => (
          <Input key={input.path} input={input} model={model} trans={trans} />
        ))}
      </ul>
    </fieldset>
  );
}

function Input(props: {
  input: IPlannedInput;
  model: SharingModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { input, model, trans } = props;
  const isSelected = model.isSelected(input);
  const id = React.useId();
  const name = plainText(input.path, 200) ?? '';
  const whyNot = whyNotText(input, trans);
  return (
    <li data-input={input.path}>
      <label className="jp-Ipfs-check">
        <input
          type="checkbox"
          checked={isSelected}
          disabled={!model.canSelect(input)}
          aria-describedby={id}
          onChange={event => model.select(input.path, event.target.checked)}
        />
        <bdi>{name}</bdi>
        <span className="jp-Ipfs-inputSize">{sizeText(input.size, trans)}</span>
      </label>
      <span id={id} className="jp-Ipfs-pairNote">
        {howText(input.how, trans)}
        {input.changed && (
          <strong> {trans.__('It has changed since the run read it.')}</strong>
        )}
        {whyNot !== null && <>. {whyNot}</>}
      </span>
      {!isSelected && !model.isUnsaid(input) && (
        <label className="jp-Ipfs-where">
          <span>{trans.__('Not included: where to get it')}</span>
          <input
            className="jp-Ipfs-input"
            value={model.where(input)}
            placeholder={trans.__('Such as a DOI, or whom to ask')}
            onChange={event => model.setWhere(input.path, event.target.value)}
          />
        </label>
      )}
    </li>
  );
}

function Environment(props: {
  environment: IEnvironment;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { environment, trans } = props;
  const { unlocked } = environment;
  return (
    <>
      <p>
        {trans._n(
          'The environment: Python %2 and %1 package, locked with its hashes.',
          'The environment: Python %2 and %1 packages, locked with their hashes.',
          environment.packages,
          plainText(environment.python, 40) ?? ''
        )}
      </p>
      {unlocked.length > 0 && (
        <details>
          <summary>
            {trans._n(
              '%1 package cannot be locked',
              '%1 packages cannot be locked',
              unlocked.length
            )}
          </summary>
          <ul>
            {unlocked.map(({ name, version, why }) => (
              <li key={`${name} ${version}`}>
                <bdi>{plainText(`${name} ${version}`)}</bdi>: {plainText(why)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Text(props: {
  model: SharingModel;
  name: ShareField;
  label: string;
  note?: string;
  suggestions?: readonly string[];
  isLong?: boolean;
}): React.JSX.Element {
  const { model, name, note, suggestions } = props;
  const id = React.useId();
  const common = {
    id,
    className: 'jp-Ipfs-input',
    value: model.field(name),
    'aria-describedby': note === undefined ? undefined : `${id}-note`,
    onChange: (
      event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>
    ) => model.setField(name, event.target.value)
  };
  return (
    <div className="jp-Ipfs-field" data-field={name}>
      <label htmlFor={id}>{props.label}</label>
      {props.isLong === true ? (
        <textarea {...common} rows={3} />
      ) : (
        <input
          {...common}
          list={suggestions === undefined ? undefined : `${id}-list`}
        />
      )}
      {suggestions !== undefined && (
        <datalist id={`${id}-list`}>
          {suggestions.map(each => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      {note !== undefined && (
        <span id={`${id}-note`} className="jp-Ipfs-why">
          {note}
        </span>
      )}
    </div>
  );
}

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IConfigChange } from '../api/config';
import type { DraftStep } from '../models/draft';
import { STEPS } from '../models/draft';
import { assetOf } from '../models/operation';
import type { PublishModel } from '../models/publish';
import { AssetCard, AssetIDs } from './AssetCard';
import { ChainSteps } from './ChainSteps';
import { fieldText, problemText, stepText } from './marketWords';
import { Practice } from './Practice';
import { ProblemNote } from './ProblemNote';
import {
  AboutFields,
  AccessFields,
  PriceFields,
  WhatFields
} from './PublishFields';
import { PublishPreview } from './PublishPreview';

export interface IPublishFormProps {
  readonly model: PublishModel;
  /** Who signs; `null` if nobody is signed in, absent without a wallet part. */
  readonly account?: string | null;
  readonly onPublish: () => void;
  readonly onMakeReachable: () => void;
  readonly onUse: (config: IConfigChange) => void;
  readonly onOpenAsset: (did: string) => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * Publishing, from the form to the asset.
 */
export function PublishForm(props: IPublishFormProps): React.JSX.Element {
  const { model, trans } = props;
  const { operation, status } = model;
  const [isForReal, setForReal] = React.useState(false);
  const body = React.useRef<HTMLDivElement>(null);
  const { step } = model.form;
  const { kind } = operation.state;
  const shown = kind === 'idle' ? step : kind;
  const before = React.useRef(shown);

  React.useEffect(() => {
    if (before.current !== shown) {
      // The heading is read aloud, and the keyboard goes on from there.
      before.current = shown;
      body.current?.querySelector<HTMLElement>('h3')?.focus();
    }
  }, [shown]);

  return (
    <div className="jp-Ipfs-publish">
      <header className="jp-Ipfs-marketHead">
        <h2>{trans.__('Publish')}</h2>
        {status?.chain.practice === true && <Practice trans={trans} />}
      </header>
      <div className="jp-Ipfs-publishBody" ref={body}>
        {kind === 'idle' ? (
          <>
            <StepList model={model} trans={trans} />
            <Part
              {...props}
              isForReal={isForReal}
              onForReal={() => setForReal(!isForReal)}
            />
          </>
        ) : (
          <Progress
            {...props}
            onForReal={() => {
              setForReal(true);
              model.again();
            }}
          />
        )}
      </div>
    </div>
  );
}

function StepList(props: {
  model: PublishModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { form } = props.model;
  const { trans } = props;
  return (
    <ol
      className="jp-Ipfs-formSteps"
      aria-label={trans.__('Parts of the form')}
    >
      {STEPS.map((step, index) => (
        <li key={step}>
          <button
            type="button"
            aria-current={step === form.step ? 'step' : undefined}
            disabled={!form.canReach(step)}
            onClick={() => form.goTo(step)}
          >
            <span aria-hidden="true">{index + 1}</span>
            {stepText(step, trans)}
          </button>
        </li>
      ))}
    </ol>
  );
}

function Part(
  props: IPublishFormProps & { isForReal: boolean; onForReal: () => void }
): React.JSX.Element {
  const { model, trans } = props;
  const { form } = model;
  const { step } = form;
  const index = STEPS.indexOf(step);
  const why = React.useId();
  const problems = form.problemsIn(step);
  const first = problems.length > 0 ? problems[0] : null;
  const isLast = step === 'preview';
  return (
    <section className="jp-Ipfs-formPart" data-step={step}>
      <h3 tabIndex={-1}>{stepText(step, trans)}</h3>
      {step === 'preview' ? (
        <PublishPreview {...props} />
      ) : (
        <form
          className="jp-Ipfs-fields"
          onSubmit={event => {
            event.preventDefault();
            form.goTo(STEPS[index + 1]);
          }}
        >
          <Fields step={step} model={model} trans={trans} />
          {form.failure !== null && <ProblemNote problem={form.failure} />}
          <div className="jp-Ipfs-formEnd">
            {index > 0 && <Back model={model} trans={trans} />}
            <button
              type="submit"
              className="jp-Ipfs-button jp-Ipfs-mod-accept"
              disabled={!form.canReach(STEPS[index + 1])}
              aria-describedby={why}
            >
              {trans.__('Next')}
            </button>
            <span id={why} className="jp-Ipfs-why" role="status">
              {first !== null &&
                trans.__(
                  '%1: %2',
                  fieldText(first[0], trans),
                  problemText(first[1], trans)
                )}
            </span>
          </div>
        </form>
      )}
      {isLast && (
        <div className="jp-Ipfs-formEnd">
          <Back model={model} trans={trans} />
        </div>
      )}
    </section>
  );
}

function Back(props: {
  model: PublishModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { form } = props.model;
  return (
    <button
      type="button"
      className="jp-Ipfs-button"
      onClick={() => form.goTo(STEPS[STEPS.indexOf(form.step) - 1])}
    >
      {props.trans.__('Back')}
    </button>
  );
}

function Fields(props: {
  step: DraftStep;
  model: PublishModel;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { step, ...rest } = props;
  switch (step) {
    case 'what':
      return <WhatFields {...rest} />;
    case 'about':
      return <AboutFields {...rest} />;
    case 'access':
      return <AccessFields {...rest} />;
    case 'price':
      return <PriceFields {...rest} />;
    case 'preview':
      return null;
  }
}

/** What is written to the chain, and what came of it. */
function Progress(
  props: IPublishFormProps & { onForReal: () => void }
): React.JSX.Element {
  const { model, copy, trans } = props;
  const { operation, status } = model;
  const { state } = operation;
  const asset = assetOf(state);
  return (
    <section className="jp-Ipfs-formPart" data-step={state.kind}>
      <h3 tabIndex={-1}>
        {state.kind === 'done'
          ? trans.__('Published')
          : state.kind === 'broken'
            ? trans.__('Not published yet')
            : trans.__('Publishing…')}
      </h3>
      <div role="status">
        {state.kind === 'running' && (
          <p>
            {trans.__(
              'Each step is shown as it happens. You may close this tab: it goes on, and is found again here.'
            )}
          </p>
        )}
        {state.kind === 'done' && (
          <p>{trans.__('It is in the market, and others can find it.')}</p>
        )}
      </div>
      <ChainSteps steps={operation.steps} copy={copy} trans={trans} />
      {state.kind === 'broken' && (
        <>
          {state.problem === null ? (
            <p role="alert">{trans.__('It was cancelled.')}</p>
          ) : (
            <ProblemNote problem={state.problem} />
          )}
          <p>
            {trans.__(
              'Retry goes on where it stopped. Nothing is paid twice: what is on the chain already is not sent again.'
            )}
          </p>
          <div className="jp-Ipfs-formEnd">
            <button
              type="button"
              className="jp-Ipfs-button jp-Ipfs-mod-accept"
              onClick={props.onPublish}
            >
              {trans.__('Retry')}
            </button>
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={() => operation.reset()}
            >
              {trans.__('Back to the form')}
            </button>
          </div>
        </>
      )}
      {state.kind === 'running' && (
        <div className="jp-Ipfs-formEnd">
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => void operation.cancel()}
          >
            {trans.__('Cancel')}
          </button>
        </div>
      )}
      {state.kind === 'done' && asset !== null && (
        <>
          <AssetCard asset={asset} trans={trans} />
          <AssetIDs asset={asset} copy={copy} trans={trans} />
        </>
      )}
      {state.kind === 'done' && (
        <div className="jp-Ipfs-formEnd">
          <button
            type="button"
            className="jp-Ipfs-button jp-Ipfs-mod-accept"
            onClick={() => {
              const { did } = state.result;
              if (typeof did === 'string') {
                props.onOpenAsset(did);
              }
            }}
          >
            {trans.__('Show in the market')}
          </button>
          {status?.chain.practice === true && (
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={props.onForReal}
            >
              {trans.__('Publish for real…')}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

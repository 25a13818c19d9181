import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { AssetKind, IDraft } from '../api/ocean';
import { KINDS } from '../api/ocean';
import { shortCID } from '../models/cid';
import type { DraftModel } from '../models/draft';
import { parseTags } from '../models/draft';
import { plainText } from '../models/plainText';
import type { PublishModel } from '../models/publish';
import { FormField } from './FormField';
import { LICENSES, TIMEOUTS, kindText, timeoutText } from './marketWords';
import { sizeText } from './size';

export interface IPublishFieldsProps {
  readonly model: PublishModel;
  readonly trans: TranslationBundle;
}

/** A field of text that is a value of the draft as it is. */
export function TextField(props: {
  form: DraftModel;
  name: 'title' | 'author' | 'description' | 'license';
  note?: string;
  isLong?: boolean;
  placeholder?: string;
  list?: string;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { form, name, note, trans } = props;
  const { draft } = form;
  return (
    <FormField model={form} name={name} note={note} trans={trans}>
      {field =>
        props.isLong === true ? (
          <textarea
            {...field}
            className="jp-Ipfs-input jp-Ipfs-textarea"
            rows={6}
            value={draft[name]}
            onChange={event => form.change({ [name]: event.target.value })}
          />
        ) : (
          <input
            {...field}
            className="jp-Ipfs-input"
            value={draft[name]}
            placeholder={props.placeholder}
            list={props.list}
            onChange={event => form.change({ [name]: event.target.value })}
          />
        )
      }
    </FormField>
  );
}

/** What is published, what it is, and what it is called. */
export function WhatFields(props: IPublishFieldsProps): React.JSX.Element {
  const { model, trans } = props;
  const { form, sources } = model;
  const { draft } = form;
  const isListed = sources.some(({ path }) => path === draft.path);
  const [isTyped, setTyped] = React.useState(false);
  const showsText = isTyped || sources.length === 0;
  const size = form.lastCheck?.size ?? null;
  return (
    <>
      <FormField
        model={form}
        name="path"
        note={size === null ? undefined : trans.__('%1', sizeText(size, trans))}
        trans={trans}
      >
        {field =>
          showsText ? (
            <input
              {...field}
              className="jp-Ipfs-input"
              placeholder={trans.__('A CID, a path or a name')}
              value={draft.path}
              onChange={event => model.pick(event.target.value)}
            />
          ) : (
            <select
              {...field}
              className="jp-Ipfs-input"
              value={draft.path}
              onChange={event => {
                if (event.target.value === '?') {
                  setTyped(true);
                } else {
                  model.pick(event.target.value);
                }
              }}
            >
              {draft.path === '' && (
                <option value="">{trans.__('Choose what is stored…')}</option>
              )}
              {draft.path !== '' && !isListed && (
                <option value={draft.path}>
                  {plainText(draft.title, 60) ?? plainText(draft.path, 60)}
                </option>
              )}
              {sources.map(({ root, path, title }) => (
                <option key={root} value={path}>
                  {plainText(title, 60) ?? shortCID(root)}
                </option>
              ))}
              <option value="?">{trans.__('Something else…')}</option>
            </select>
          )
        }
      </FormField>
      {draft.path !== '' && !showsText && (
        <p className="jp-Ipfs-why">
          <code className="jp-Ipfs-cid">{plainText(draft.path, 400)}</code>
        </p>
      )}
      <FormField model={form} name="kind" trans={trans}>
        {field => (
          <select
            {...field}
            className="jp-Ipfs-input"
            value={draft.kind}
            onChange={event =>
              form.change({ kind: event.target.value as AssetKind })
            }
          >
            {KINDS.map(kind => (
              <option key={kind} value={kind}>
                {kindText(kind, trans)}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <TextField form={form} name="title" trans={trans} />
    </>
  );
}

/** What others read of it. */
export function AboutFields(props: IPublishFieldsProps): React.JSX.Element {
  const { model, trans } = props;
  const { form } = model;
  const { draft } = form;
  // What is typed stays as it is until the field is left.
  const [tags, setTags] = React.useState(draft.tags.join(', '));
  const list = React.useId();
  return (
    <>
      <TextField
        form={form}
        name="description"
        note={trans.__(
          'What is in it, how it was made, and what it is good for. Plain text.'
        )}
        isLong
        trans={trans}
      />
      <TextField form={form} name="author" trans={trans} />
      <TextField
        form={form}
        name="license"
        note={trans.__(
          'An SPDX id: what others may do with it. Choose one or type another.'
        )}
        list={list}
        trans={trans}
      />
      <datalist id={list}>
        {LICENSES.map(license => (
          <option key={license} value={license} />
        ))}
      </datalist>
      <FormField
        model={form}
        name="tags"
        note={trans.__('Words by which it is found, with commas between them.')}
        trans={trans}
      >
        {field => (
          <input
            {...field}
            className="jp-Ipfs-input"
            value={tags}
            onChange={event => {
              setTags(event.target.value);
              form.change({ tags: parseTags(event.target.value) });
            }}
          />
        )}
      </FormField>
      <FormField
        model={form}
        name="sample"
        note={trans.__('A link to a sample that all may see; may be left out.')}
        trans={trans}
      >
        {field => (
          <input
            {...field}
            type="url"
            className="jp-Ipfs-input"
            placeholder="https://"
            value={draft.sample ?? ''}
            onChange={event => {
              const text = event.target.value.trim();
              form.change({ sample: text === '' ? null : text });
            }}
          />
        )}
      </FormField>
    </>
  );
}

/** For how long an order counts, and for whom. */
export function AccessFields(props: IPublishFieldsProps): React.JSX.Element {
  const { model, trans } = props;
  const { form } = model;
  const { draft } = form;
  const [allow, setAllow] = React.useState(draft.allow.join('\n'));
  return (
    <>
      <FormField
        model={form}
        name="timeout_s"
        note={trans.__('For how long somebody can download after an order.')}
        trans={trans}
      >
        {field => (
          <select
            {...field}
            className="jp-Ipfs-input"
            value={draft.timeout_s}
            onChange={event =>
              form.change({ timeout_s: Number(event.target.value) })
            }
          >
            {TIMEOUTS.map(seconds => (
              <option key={seconds} value={seconds}>
                {timeoutText(seconds, trans)}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <FormField
        model={form}
        name="allow"
        note={trans.__(
          'Wallet addresses, one a line; empty for everyone. Everyone sees the asset; only these may order it.'
        )}
        trans={trans}
      >
        {field => (
          <textarea
            {...field}
            className="jp-Ipfs-input jp-Ipfs-textarea"
            rows={3}
            placeholder="0x…"
            value={allow}
            onChange={event => {
              setAllow(event.target.value);
              form.change({
                allow: event.target.value
                  .split(/[\s,]+/)
                  .filter(text => text !== '')
              });
            }}
          />
        )}
      </FormField>
      <details>
        <summary>{trans.__('For those who know Ocean’s contracts')}</summary>
        <FormField
          model={form}
          name="template"
          note={trans.__(
            'Which of Ocean’s datatokens is made. The usual one is right for nearly all.'
          )}
          trans={trans}
        >
          {field => (
            <select
              {...field}
              className="jp-Ipfs-input"
              value={draft.template}
              onChange={event =>
                form.change({
                  template: Number(event.target.value) as IDraft['template']
                })
              }
            >
              <option value={1}>
                {trans.__('1: to be bought first and spent later')}
              </option>
              <option value={2}>
                {trans.__('2: bought and spent at once, the usual one')}
              </option>
              <option value={4}>
                {trans.__(
                  '4: as 2, with files and access kept in the contract'
                )}
              </option>
            </select>
          )}
        </FormField>
      </details>
    </>
  );
}

/** What it costs others. */
export function PriceFields(props: IPublishFieldsProps): React.JSX.Element {
  const { model, trans } = props;
  const { form } = model;
  const { draft } = form;
  const isFree = draft.price === null;
  const symbol =
    plainText(form.lastCheck?.preview?.price?.symbol, 20) ?? 'OCEAN';
  const name = React.useId();
  const asksToAgree =
    !isFree && (draft.agree_public_cid || 'agree_public_cid' in form.problems);
  return (
    <>
      <fieldset className="jp-Ipfs-priceChoice">
        <legend>{trans.__('Price')}</legend>
        <label className="jp-Ipfs-radio">
          <input
            type="radio"
            name={name}
            checked={isFree}
            onChange={() => form.change({ price: null })}
          />
          {trans.__('Free: anyone can get it, and its CID is shown')}
        </label>
        <label className="jp-Ipfs-radio">
          <input
            type="radio"
            name={name}
            checked={!isFree}
            onChange={() => form.change({ price: '' })}
          />
          {trans.__('A fixed price')}
        </label>
      </fieldset>
      {!isFree && (
        <>
          <FormField
            model={form}
            name="price"
            note={trans.__('In %1, for each order.', symbol)}
            trans={trans}
          >
            {field => (
              <input
                {...field}
                className="jp-Ipfs-input"
                inputMode="decimal"
                placeholder="5"
                value={draft.price ?? ''}
                onChange={event => form.change({ price: event.target.value })}
              />
            )}
          </FormField>
          <p>
            {trans.__(
              'A buyer can pass the bytes on: the price is for getting them from here, it does not lock them.'
            )}
          </p>
          {asksToAgree && (
            <div className="jp-Ipfs-message">
              <p>
                {trans.__(
                  'This content’s CID is already public: anyone with this CID can have it free.'
                )}
              </p>
              <label className="jp-Ipfs-radio">
                <input
                  type="checkbox"
                  checked={draft.agree_public_cid}
                  onChange={event =>
                    form.change({ agree_public_cid: event.target.checked })
                  }
                />
                {trans.__('I know that, and ask a price all the same')}
              </label>
            </div>
          )}
        </>
      )}
    </>
  );
}

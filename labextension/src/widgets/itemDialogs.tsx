import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ICopy, IItemDetail } from '../api/items';
import type { INameVersion } from '../api/names';
import { Copies } from '../components/Copies';
import { isOnlyHere } from '../components/copyWords';
import { Versions } from '../components/Versions';
import { problemOf, problemText } from '../models/problem';

/**
 * Say who has a copy.
 *
 * @returns What the user wants to do about it, if anything.
 */
export async function showCopies(
  title: string,
  copies: readonly ICopy[],
  isKept: boolean,
  onCheck: (copy: ICopy) => Promise<void>,
  trans: TranslationBundle
): Promise<'car' | 'send' | 'serve' | null> {
  let choice: 'car' | 'send' | 'serve' | null = null;
  const choose = (chosen: typeof choice): void => {
    choice = chosen;
    dialog.reject();
  };
  const dialog = new Dialog({
    title: trans.__('Who has “%1”', title),
    body: dialogBody(
      <Copies
        copies={copies}
        isKept={isKept}
        onCheck={onCheck}
        onSaveCAR={() => choose('car')}
        onSend={() => choose('send')}
        onServe={() => choose('serve')}
        trans={trans}
      />
    ),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })]
  });
  await dialog.launch();
  return choice;
}

/**
 * Show the versions of a name.
 *
 * @returns The version to open, if any.
 */
export async function showVersions(
  name: string,
  versions: readonly INameVersion[],
  trans: TranslationBundle
): Promise<INameVersion | null> {
  let chosen: INameVersion | null = null;
  const dialog = new Dialog({
    title: trans.__('Versions of “%1”', name),
    body: dialogBody(
      <Versions
        versions={versions}
        onOpen={version => {
          chosen = version;
          dialog.reject();
        }}
        copy={text => Clipboard.copyToSystem(text)}
        trans={trans}
      />
    ),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })]
  });
  await dialog.launch();
  return chosen;
}

/** Ask whether to delete, with what that means. */
export async function confirmForget(
  title: string,
  detail: IItemDetail,
  trans: TranslationBundle
): Promise<boolean> {
  const { needed_by, needed_by_complete, copies } = detail;
  const { button } = await showDialog({
    title: trans.__('Delete “%1” for good?', title),
    body: dialogBody(
      <>
        <p>
          {isOnlyHere(copies)
            ? trans.__(
                'This is the only copy that we know of. Its bytes are deleted from this computer and cannot be brought back.'
              )
            : trans.__(
                'Its bytes are deleted from this computer. Copies elsewhere stay.'
              )}
        </p>
        {detail.names.some(({ versions }) => versions > 1) && (
          <p>{trans.__('Other versions of its name stay.')}</p>
        )}
        {needed_by.length > 0 && (
          <>
            <p>{trans.__('Parts of it are in these too, and stay:')}</p>
            <ul>
              {needed_by.slice(0, 10).map(label => (
                <li key={label}>
                  <bdi>{label}</bdi>
                </li>
              ))}
            </ul>
            {needed_by.length > 10 && (
              <p>
                {trans._n(
                  '… and %1 more',
                  '… and %1 more',
                  needed_by.length - 10
                )}
              </p>
            )}
          </>
        )}
        {!needed_by_complete && (
          <p>
            {trans.__(
              'There is more than could be looked through quickly; parts that something else needs stay in any case.'
            )}
          </p>
        )}
      </>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Delete for good') })
    ],
    defaultButton: 0
  });
  return button.accept;
}

/**
 * Ask a question that can be answered by yes or no.
 *
 * @param accept - What the button that says yes is called.
 */
export async function askYesOrNo(
  title: string,
  text: string,
  accept: string,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title,
    body: dialogBody(<p>{text}</p>),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: accept })
    ]
  });
  return button.accept;
}

/**
 * Ask before something is deleted.
 *
 * @param accept - What the button that deletes is called.
 */
export async function confirmLoss(
  title: string,
  texts: readonly string[],
  accept: string,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title,
    body: dialogBody(
      <>
        {texts.map(text => (
          <p key={text}>{text}</p>
        ))}
      </>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: accept })
    ],
    defaultButton: 0
  });
  return button.accept;
}

/** Ask who may fetch something from here without a login. */
export async function askReach(
  title: string,
  trans: TranslationBundle
): Promise<'this computer' | 'others' | null> {
  const { button } = await showDialog({
    title: trans.__('Serve “%1” from here?', title),
    body: dialogBody(
      <>
        <p>
          {trans.__(
            'A gateway serves this content, and nothing else, without a login, until this server stops.'
          )}
        </p>
        <p>
          {trans.__(
            'To other computers: anyone who can reach this one over the network can read it.'
          )}
        </p>
        <p>
          {trans.__(
            'To this computer: only programs that run on it can use the link. It is of no use to a colleague elsewhere.'
          )}
        </p>
      </>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      secondButton(trans.__('To other computers'), 'others'),
      Dialog.okButton({ label: trans.__('To this computer') })
    ]
  });
  if (!button.accept) {
    return null;
  }
  return button.actions.includes('others') ? 'others' : 'this computer';
}

/** A question with one line of text as its answer. */
export interface ITextQuestion {
  readonly title: string;
  readonly label: string;
  readonly note?: string;
  /** Why the last answer was refused. */
  readonly problem?: string;
  readonly value: string;
  /** Earlier answers, to choose from. */
  readonly suggestions?: readonly string[];
  /** What the buttons that accept are called; the last is the one that Enter presses. */
  readonly accept: readonly string[];
}

/**
 * Ask for a line of text.
 *
 * @returns The text and which of the buttons was pressed, or `null`.
 */
export async function askText(
  question: ITextQuestion,
  trans: TranslationBundle
): Promise<{ text: string; button: number } | null> {
  const body = new TextBody(question);
  const { button } = await showDialog({
    title: question.title,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      ...question.accept.map((label, index) =>
        index === question.accept.length - 1
          ? Dialog.okButton({ label, actions: [String(index)] })
          : secondButton(label, String(index))
      )
    ],
    focusNodeSelector: 'input'
  });
  const text = body.getValue();
  return button.accept && text !== ''
    ? { text, button: Number(button.actions[0]) }
    : null;
}

/**
 * Ask for a line of text until it is taken: what is refused stays, with the reason.
 *
 * @returns Whether it was taken.
 */
export async function askUntilTaken(
  question: ITextQuestion,
  take: (text: string) => Promise<unknown>,
  trans: TranslationBundle
): Promise<boolean> {
  let { value, problem } = question;
  for (;;) {
    const answer = await askText({ ...question, value, problem }, trans);
    if (answer === null) {
      return false;
    }
    try {
      await take(answer.text);
      return true;
    } catch (error) {
      value = answer.text;
      problem = problemText(problemOf(error));
    }
  }
}

/** One labelled input; `Dialog` presses its default button on Enter. */
class TextBody extends ReactWidget implements Dialog.IBodyWidget {
  constructor(private readonly question: ITextQuestion) {
    super();
    this.addClass('jp-Ipfs-dialog');
    this.value = question.value;
  }

  getValue(): string {
    return this.value.trim();
  }

  protected render(): React.JSX.Element {
    const { label, note, problem, value, suggestions = [] } = this.question;
    return (
      <>
        <label className="jp-Ipfs-field">
          <span>{label}</span>
          <input
            className="jp-Ipfs-input"
            defaultValue={value}
            onFocus={event => event.target.select()}
            list={suggestions.length > 0 ? 'jp-Ipfs-suggestions' : undefined}
            onChange={event => {
              this.value = event.target.value;
            }}
          />
        </label>
        {suggestions.length > 0 && (
          <datalist id="jp-Ipfs-suggestions">
            {suggestions.map(each => (
              <option key={each} value={each} />
            ))}
          </datalist>
        )}
        {note !== undefined && <p>{note}</p>}
        {problem !== undefined && (
          <p className="jp-Ipfs-message" role="alert">
            {problem}
          </p>
        )}
      </>
    );
  }

  private value: string;
}

/** A button that accepts too, beside the one that is meant first. */
function secondButton(label: string, action: string): Dialog.IButton {
  return Dialog.createButton({
    label,
    accept: true,
    className: 'jp-mod-reject',
    actions: [action]
  });
}

function dialogBody(content: React.JSX.Element): ReactWidget {
  const body = ReactWidget.create(content);
  body.addClass('jp-Ipfs-dialog');
  return body;
}

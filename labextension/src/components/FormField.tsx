import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DraftModel } from '../models/draft';
import { fieldText, problemText } from './marketWords';

export interface IFormFieldProps {
  readonly model: DraftModel;
  readonly name: string;
  readonly note?: string;
  /** Draws what is typed into, with what ties it to its label and its problem. */
  readonly children: (props: {
    id: string;
    'aria-invalid': boolean;
    'aria-describedby': string | undefined;
    onBlur: () => void;
  }) => React.ReactNode;
  readonly trans: TranslationBundle;
}

/**
 * A field of the form, with its label, a note, and what is wrong with it.
 */
export function FormField(props: IFormFieldProps): React.JSX.Element {
  const { model, name, note, trans } = props;
  const id = React.useId();
  const problem = shownProblem(model, name);
  const describedBy = [
    ...(note === undefined ? [] : [`${id}-note`]),
    ...(problem === undefined ? [] : [`${id}-problem`])
  ];
  return (
    <div className="jp-Ipfs-field" data-field={name}>
      <label htmlFor={id}>{fieldText(name, trans)}</label>
      {props.children({
        id,
        'aria-invalid': problem !== undefined,
        'aria-describedby':
          describedBy.length > 0 ? describedBy.join(' ') : undefined,
        onBlur: () => model.touch(name)
      })}
      {note !== undefined && (
        <span id={`${id}-note`} className="jp-Ipfs-why">
          {note}
        </span>
      )}
      <span
        id={`${id}-problem`}
        className="jp-Ipfs-fieldProblem"
        aria-live="polite"
      >
        {problem !== undefined && problemText(problem, trans)}
      </span>
    </div>
  );
}

/** What is wrong, once somebody has been there: an empty form is not wrong all over. */
function shownProblem(
  model: DraftModel,
  name: string
): DraftModel['problems'][string] | undefined {
  const { problems } = model;
  return name in problems && model.isTouched(name) ? problems[name] : undefined;
}

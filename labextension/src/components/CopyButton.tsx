import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** How long the button says that it has copied. */
const FEEDBACK_MS = 2000;

export interface ICopyButtonProps {
  /** What to copy. */
  readonly text: string;
  /** What the button says. */
  readonly label: string;
  /** Puts a text on the system's clipboard; throws if it cannot. */
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * A button that copies, and says so, to screen readers too.
 */
export function CopyButton(props: ICopyButtonProps): React.JSX.Element {
  const { text, label, copy, trans } = props;
  const [feedback, setFeedback] = React.useState('');

  React.useEffect(() => {
    if (feedback === '') {
      return;
    }
    const timer = window.setTimeout(() => setFeedback(''), FEEDBACK_MS);
    return () => window.clearTimeout(timer);
  }, [feedback]);

  const onClick = (): void => {
    try {
      copy(text);
      setFeedback(trans.__('Copied'));
    } catch {
      setFeedback(trans.__('Could not copy'));
    }
  };

  return (
    <span className="jp-Ipfs-copy">
      <button type="button" className="jp-Ipfs-button" onClick={onClick}>
        {label}
      </button>
      <span role="status" className="jp-Ipfs-feedback">
        {feedback}
      </span>
    </span>
  );
}

import * as React from 'react';

import type { IProblem } from '../models/problem';

/**
 * What went wrong, and what to do next, in the server's words.
 */
export function ProblemNote(props: {
  problem: Pick<IProblem, 'message' | 'hint'> & Partial<IProblem>;
  children?: React.ReactNode;
}): React.JSX.Element {
  const { problem } = props;
  return (
    <div className="jp-Ipfs-message" role="alert">
      <p>
        <bdi>{problem.message}</bdi>
      </p>
      {problem.hint !== null && (
        <p>
          <bdi>{problem.hint}</bdi>
        </p>
      )}
      {props.children}
    </div>
  );
}

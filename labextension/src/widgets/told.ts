import { Dialog, showDialog } from '@jupyterlab/apputils';
import * as React from 'react';

import { ProblemNote } from '../components/ProblemNote';
import { JobCancelled } from '../models/jobs';
import type { IProblem } from '../models/problem';
import { problemOf } from '../models/problem';

/** Say in a dialog what went wrong, and what to do next. */
export async function showProblem(
  title: string,
  problem: Pick<IProblem, 'message' | 'hint'>
): Promise<void> {
  const close = Dialog.translator.load('jupyterlab').__('Close');
  await showDialog({
    title,
    body: React.createElement(ProblemNote, { problem }),
    buttons: [Dialog.cancelButton({ label: close })]
  });
}

/**
 * Do something, and say what went wrong if it did.
 *
 * @param title - That it did not work, above the reason.
 * @returns Whether it was done.
 */
export async function told(
  title: string,
  act: () => Promise<unknown>
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    // Whoever cancels knows.
    if (!(error instanceof JobCancelled)) {
      await showProblem(title, problemOf(error));
    }
    return false;
  }
}

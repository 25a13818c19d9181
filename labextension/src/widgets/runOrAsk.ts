import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { JobFailed } from '../models/jobs';
import type { IProblem } from '../models/problem';
import { problemOf } from '../models/problem';
import type { IJobs } from '../tokens';
import { CONSENT_REQUIRED, askToAnnounce, kuboOf } from './consent';

/** What is asked where a job is refused until somebody agrees. */
export interface IAgreement {
  /** The error that says so. */
  readonly code: string;
  readonly ask: (problem: IProblem) => Promise<boolean>;
  /** What the job is told when somebody has agreed. */
  readonly agreed: Readonly<Record<string, unknown>>;
}

/**
 * Run a job; where it needs an agreement, ask for that and run it again.
 *
 * @param title - As for `IJobs.run`.
 * @returns The job's result, or `null` if nobody agreed.
 * @throws As `IJobs.run`.
 */
export async function runOrAsk(
  jobs: IJobs,
  action: string,
  args: Readonly<Record<string, unknown>>,
  agreement: IAgreement,
  title?: string
): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    return await jobs.run(action, args, title);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code !== agreement.code) {
      throw error;
    }
    if (error instanceof JobFailed) {
      // It was a question; what comes of it has a line of its own.
      await jobs.dismiss(error.job.id);
    }
    return (await agreement.ask(problem))
      ? jobs.run(action, { ...args, ...agreement.agreed }, title)
      : null;
  }
}

/** As `runOrAsk`, for what may become public. */
export async function runWithConsent(
  jobs: IJobs,
  action: string,
  args: Readonly<Record<string, unknown>>,
  settings: ServerConnection.ISettings,
  trans: TranslationBundle,
  title?: string
): Promise<Readonly<Record<string, unknown>> | null> {
  return runOrAsk(
    jobs,
    action,
    args,
    {
      code: CONSENT_REQUIRED,
      ask: async () => askToAnnounce(await kuboOf(args, settings), trans),
      agreed: { agree: true }
    },
    title
  );
}

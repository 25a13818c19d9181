import type { ServerConnection } from '@jupyterlab/services';

import type { IJob } from '../api/jobs';
import { getJob } from '../api/jobs';
import type { IJobs } from '../tokens';

/** How often it is asked for what no event carries. */
const INTERVAL_MS = 400;

/**
 * Follow a job to its end, and tell what it does meanwhile that no event carries: its steps, its
 * cells.
 *
 * @param job - As the server has told of it last.
 * @param jobs - Follows it.
 * @param note - Told of the job now and then, and of its end.
 * @param disposed - Aborted when nobody wants to be told any more; its end is waited for still.
 * @returns How it ended, whether it worked or not.
 */
export async function followClosely(
  job: IJob,
  jobs: IJobs,
  note: (job: IJob) => void,
  settings: ServerConnection.ISettings,
  disposed: AbortSignal
): Promise<IJob> {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (newest: IJob): void => {
    if (!disposed.aborted) {
      note(newest);
    }
  };
  const ask = async (): Promise<void> => {
    // The job is followed in any case; only its steps would come later.
    const newest = await getJob(job.id, settings).catch(() => null);
    if (isOver || disposed.aborted) {
      return;
    }
    if (newest !== null) {
      tell(newest);
    }
    timer = setTimeout(() => void ask(), INTERVAL_MS);
  };

  tell(job);
  timer = setTimeout(() => void ask(), INTERVAL_MS);
  disposed.addEventListener('abort', () => clearTimeout(timer));
  const end = await jobs.end(job);
  isOver = true;
  clearTimeout(timer);
  tell(end);
  return end;
}

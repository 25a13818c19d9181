import type { ServerConnection } from '@jupyterlab/services';

import type { IJob } from '../api/jobs';
import { APIError } from '../api/request';
import type { ICommit } from '../api/uploads';
import {
  commitUpload,
  createUpload,
  deleteUpload,
  getUpload,
  putSlice
} from '../api/uploads';
import type { IPicked } from './drop';
import { FileStream } from './fileStream';

const MIB = 2 ** 20;
/** A slice is cut so that it takes about this long: progress is seen, and little is lost. */
const SLICE_MS = 1000;
const FIRST_SLICE = MIB;
const MIN_SLICE = MIB / 4;
const MAX_SLICE = 32 * MIB;

/** How long it waits before it tries again; as often as there are figures, then it gives up. */
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000] as const;

/** A file cannot be read any more: it was changed, moved or removed. */
export class FileChangedError extends Error {
  constructor() {
    super('A file has changed since it was chosen');
    this.name = 'FileChangedError';
  }
}

/** What of sending depends on time, so that tests need not wait. */
export interface IClock {
  now(): number;
  /** Resolves later; rejects when `signal` is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Sends files to the server as one stream, and goes on from where it was cut.
 */
export class Sending {
  /**
   * @param picked - The files.
   * @param commit - How they are stored when all of it is there.
   * @param settings - The connection to the Jupyter server.
   * @param onProgress - Told the bytes that the server has, and whether it answers.
   * @param clock - Measures and waits.
   */
  constructor(
    private readonly picked: IPicked,
    private readonly commit: ICommit,
    private readonly settings: ServerConnection.ISettings,
    private readonly onProgress: (received: number, answers: boolean) => void,
    private readonly clock: IClock = realClock
  ) {
    this.stream = new FileStream(picked.files);
  }

  /** Bytes in all. */
  get size(): number {
    return this.stream.size;
  }

  /**
   * Send all that the server does not have, and have it stored.
   *
   * @returns The job that stores it.
   * @throws APIError if the server refuses, FileChangedError, or the last network error.
   */
  async run(signal: AbortSignal): Promise<IJob> {
    let slice = FIRST_SLICE;
    let received: number | null = null;
    let failures = 0;
    for (;;) {
      try {
        received ??= await this.whereItIs(signal);
        this.onProgress(received, true);
        if (received >= this.size) {
          return await commitUpload(this.id, this.commit, this.settings);
        }
        const end = Math.min(received + slice, this.size);
        const begun = this.clock.now();
        received = await this.send(received, end, signal);
        slice = nextSlice(slice, this.clock.now() - begun);
        failures = 0;
      } catch (error) {
        signal.throwIfAborted();
        if (failures === WAITS_MS.length || !mayPass(error)) {
          throw error;
        }
        this.onProgress(received ?? 0, false);
        await this.clock.wait(WAITS_MS[failures], signal);
        failures += 1;
        // What of the slice arrived only the server knows; a lost answer to the
        // commit is another matter, all is there then.
        received = received === this.size ? received : null;
      }
    }
  }

  /** Have the server drop what it has received. */
  async discard(): Promise<void> {
    if (this.id !== '') {
      await deleteUpload(this.id, this.settings);
    }
  }

  /** How much the server has; one that does not know the upload is told of it. */
  private async whereItIs(signal: AbortSignal): Promise<number> {
    if (this.id !== '') {
      try {
        return (await getUpload(this.id, this.settings, signal)).received;
      } catch (error) {
        if (!(error instanceof APIError && error.status === 404)) {
          throw error;
        }
      }
    }
    const files = this.picked.files.map(({ path, file }) => ({
      path,
      size: file.size,
      modified: file.lastModified
    }));
    // Not cut off by a cancel: only its answer tells what is then to be discarded.
    const upload = await createUpload(files, this.settings);
    this.id = upload.id;
    signal.throwIfAborted();
    return upload.received;
  }

  private async send(
    start: number,
    end: number,
    signal: AbortSignal
  ): Promise<number> {
    const body = this.stream.slice(start, end);
    try {
      return await putSlice(this.id, start, body, this.settings, signal);
    } catch (error) {
      if (!(error instanceof APIError) && !(await isReadable(body))) {
        throw new FileChangedError();
      }
      throw error;
    }
  }

  private id = '';
  private readonly stream: FileStream;
}

/** Whether trying again may help: nobody answered, a proxy did, or it has bytes that we did not know of. */
function mayPass(error: unknown): boolean {
  if (error instanceof FileChangedError) {
    return false;
  }
  if (error instanceof APIError) {
    return [404, 409, 502, 503, 504].includes(error.status);
  }
  return error instanceof TypeError;
}

function nextSlice(slice: number, took: number): number {
  const factor = Math.min(2, Math.max(0.5, SLICE_MS / Math.max(took, 1)));
  return Math.round(Math.min(MAX_SLICE, Math.max(MIN_SLICE, slice * factor)));
}

async function isReadable(body: Blob): Promise<boolean> {
  try {
    await body.slice(0, 1).arrayBuffer();
    await body.slice(-1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

const realClock: IClock = {
  now: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      function stop(): void {
        clearTimeout(timer);
        reject(signal.reason as Error);
      }
      signal.addEventListener('abort', stop, { once: true });
    })
};

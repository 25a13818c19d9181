import type { TranslationBundle } from '@jupyterlab/translation';

import type { UploadError } from '../models/uploads';
import type { ITransfer } from '../models/transfers';
import { keptText } from './reach';
import { sizeText } from './size';

/** What happens to it at this moment, in a word or two. */
export function phaseText(
  transfer: ITransfer,
  trans: TranslationBundle
): string {
  switch (transfer.state) {
    case 'looking':
    case 'sending':
      return trans.__('Preparing');
    case 'waiting':
      return trans.__('The server does not answer; trying again…');
    case 'queued':
      return trans.__('Waiting for its turn');
    case 'running':
      return runningText(transfer, trans);
    case 'done':
      return doneText(transfer, trans);
    case 'failed':
      return trans.__('Did not work');
    case 'cancelled':
      return trans.__('Cancelled');
  }
}

function runningText(transfer: ITransfer, trans: TranslationBundle): string {
  switch (transfer.phase) {
    case 'preparing':
      return trans.__('Preparing');
    case 'storing':
      return trans.__('Storing');
    case 'fetching':
      return trans.__('Fetching and checking');
    case 'writing':
      return trans.__('Writing');
    default:
      return trans.__('Working');
  }
}

function doneText(transfer: ITransfer, trans: TranslationBundle): string {
  switch (transfer.action) {
    case 'push':
      return trans.__('Sent');
    case 'export':
      return trans.__('Saved as CAR');
    default: {
      const kept = keptText(transfer.place, trans);
      return transfer.unchanged
        ? trans.__('%1, unchanged', kept)
        : transfer.isRestored
          ? trans.__('%1 again', kept)
          : kept;
    }
  }
}

/** Bytes, files, rate, time left: what there is of them. */
export function progressFacts(
  transfer: ITransfer,
  trans: TranslationBundle
): string[] {
  const facts: string[] = [];
  if (transfer.state === 'looking') {
    return [trans._n('%1 file found', '%1 files found', transfer.files)];
  }
  if (transfer.sizeTotal !== null && transfer.state !== 'done') {
    facts.push(
      trans.__(
        '%1 of %2',
        sizeText(transfer.size, trans),
        sizeText(transfer.sizeTotal, trans)
      )
    );
  } else if (transfer.size > 0) {
    facts.push(sizeText(transfer.size, trans));
  }
  if (transfer.filesTotal !== null && transfer.filesTotal > 1) {
    facts.push(
      transfer.state === 'done'
        ? trans._n('%1 file', '%1 files', transfer.filesTotal)
        : trans.__('%1 of %2 files', transfer.files, transfer.filesTotal)
    );
  } else if (transfer.state === 'sending' && transfer.files > 1) {
    facts.push(trans._n('%1 file', '%1 files', transfer.files));
  }
  if (transfer.rate !== null && transfer.rate >= 1) {
    facts.push(trans.__('%1/s', sizeText(Math.round(transfer.rate), trans)));
  }
  if (transfer.secondsLeft !== null) {
    facts.push(timeLeftText(transfer.secondsLeft, trans));
  }
  return facts;
}

function timeLeftText(seconds: number, trans: TranslationBundle): string {
  if (seconds < 60) {
    return trans.__('%1 s left', Math.max(1, Math.ceil(seconds)));
  }
  if (seconds < 3600) {
    return trans.__('%1 min left', Math.ceil(seconds / 60));
  }
  const minutes = Math.ceil(seconds / 60);
  return trans.__('%1 h %2 min left', Math.floor(minutes / 60), minutes % 60);
}

/** What of it the node had before, if any. */
export function existingText(
  transfer: ITransfer,
  trans: TranslationBundle
): string | null {
  if (transfer.existing === 0) {
    return null;
  }
  return transfer.existing >= transfer.size && transfer.state === 'done'
    ? trans.__('all of it was already there')
    : trans.__('%1 already there', sizeText(transfer.existing, trans));
}

/** That something was chosen and is not stored, in two words; `null` if nothing. */
export function leftOutCount(
  transfer: ITransfer,
  trans: TranslationBundle
): string | null {
  const { hidden, emptyFolders, clashes } = transfer.leftOut ?? {
    hidden: 0,
    emptyFolders: 0,
    clashes: 0
  };
  const count = hidden + emptyFolders + clashes;
  return count === 0 ? null : trans._n('%1 left out', '%1 left out', count);
}

/** What was chosen and is not stored, a sentence each. */
export function leftOutTexts(
  transfer: ITransfer,
  trans: TranslationBundle
): string[] {
  const { leftOut } = transfer;
  if (leftOut === null) {
    return [];
  }
  const texts: string[] = [];
  if (leftOut.hidden > 0) {
    texts.push(
      trans._n(
        '%1 hidden file or folder is left out.',
        '%1 hidden files and folders are left out.',
        leftOut.hidden
      )
    );
  }
  if (leftOut.emptyFolders > 0) {
    texts.push(
      trans._n(
        '%1 empty folder is left out.',
        '%1 empty folders are left out.',
        leftOut.emptyFolders
      )
    );
  }
  if (leftOut.clashes > 0) {
    texts.push(
      trans._n(
        '%1 file is left out, since another one has its name.',
        '%1 files are left out, since others have their names.',
        leftOut.clashes
      )
    );
  }
  return texts;
}

/** What went wrong and what to do, one or two sentences. */
export function errorTexts(
  error: UploadError,
  trans: TranslationBundle
): string[] {
  switch (error.kind) {
    case 'nothing-to-store':
      return [trans.__('There is no file in it that could be stored.')];
    case 'unreadable':
      return [
        trans.__('The browser could not read all of these files.'),
        trans.__('Look whether you may read them, then choose them again.')
      ];
    case 'file-changed':
      return [
        trans.__('A file has changed or gone since you chose it.'),
        trans.__('Choose the files again.')
      ];
    case 'no-answer':
      return [
        trans.__('The server does not answer.'),
        trans.__(
          'Try again when it does, or drop the same files again: it goes on where it was cut.'
        )
      ];
    case 'refused':
      if (error.code === 'JobForgotten') {
        return [
          trans.__(
            'The server was restarted and no longer knows how this ended.'
          )
        ];
      }
      return [error.message, error.hint].filter(
        (text): text is string => text !== null && text !== ''
      );
  }
}

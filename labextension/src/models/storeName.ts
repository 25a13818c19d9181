import { isCID } from './cid';

/** As long as the repo's names may be. */
const LONGEST = 128;

/**
 * The name under which a file or folder is stored: its own, so that storing it again
 * makes a new version of it. `null` where that cannot be a name in the repo.
 *
 * @param fileName - Without the folders that it is in.
 */
export function storeName(fileName: string | null): string | null {
  if (fileName === null) {
    return null;
  }
  const name = fileName.normalize('NFC');
  const isName =
    name !== '' &&
    name === name.trim() &&
    name.length <= LONGEST &&
    !/[/@]|\p{C}/u.test(name) &&
    !isCID(name);
  return isName ? name : null;
}

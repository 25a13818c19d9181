/*
 * Enough of CIDs to tell whether a text is one. Nothing is fetched by it: the
 * card shows a CID only if this accepts it, since the payload may be anybody's.
 * https://github.com/multiformats/cid#how-does-it-work
 */

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BASE16 = '0123456789abcdef';

/** Longer texts are refused unread: base16 of a 128-byte identity CID has 271 characters. */
const MAX_LENGTH = 300;

/** Digest lengths in bytes by multihash code; identity (0) has its own limit. */
const DIGEST_LENGTHS = new Map([
  [0x12, 32], // sha2-256
  [0x13, 64], // sha2-512
  [0x1e, 32] // blake3
]);

const MAX_IDENTITY_LENGTH = 128;

/**
 * Tell whether a text is a CID in the form that people copy.
 */
export function isCID(text: string): boolean {
  if (text.length < 2 || text.length > MAX_LENGTH) {
    return false;
  }
  if (text.startsWith('Qm') && text.length === 46) {
    const bytes = decodeBignum(text, BASE58);
    return bytes !== null && isMultihash(bytes, 0x12);
  }
  const bytes = decodeMultibase(text);
  if (bytes === null) {
    return false;
  }
  const version = readVarint(bytes, 0);
  if (version === null || version.value !== 1) {
    return false;
  }
  const codec = readVarint(bytes, version.next);
  return codec !== null && isMultihash(bytes.slice(codec.next));
}

/**
 * Shorten a CID in its middle; both ends stay, since people compare those.
 */
export function shortCID(cid: string): string {
  return cid.length <= 24 ? cid : `${cid.slice(0, 11)}…${cid.slice(-8)}`;
}

function isMultihash(bytes: number[], onlyCode?: number): boolean {
  const code = readVarint(bytes, 0);
  if (code === null || (onlyCode !== undefined && code.value !== onlyCode)) {
    return false;
  }
  const length = readVarint(bytes, code.next);
  if (length === null || bytes.length - length.next !== length.value) {
    return false;
  }
  return code.value === 0
    ? length.value <= MAX_IDENTITY_LENGTH
    : DIGEST_LENGTHS.get(code.value) === length.value;
}

/** Unsigned LEB128 of at most nine bytes in its shortest form, as multiformats has it. */
function readVarint(
  bytes: number[],
  start: number
): { value: number; next: number } | null {
  let value = 0;
  for (let i = start; i < bytes.length && i < start + 9; i++) {
    value += (bytes[i] & 0x7f) * 2 ** (7 * (i - start));
    if (bytes[i] < 0x80) {
      return bytes[i] === 0 && i > start ? null : { value, next: i + 1 };
    }
  }
  return null;
}

function decodeMultibase(text: string): number[] | null {
  const body = text.slice(1);
  switch (text[0]) {
    case 'b':
      return decodeBits(body, BASE32, 5);
    case 'f':
      return body.length % 2 === 0 ? decodeBits(body, BASE16, 4) : null;
    case 'k':
      return decodeBignum(body, BASE36);
    case 'z':
      return decodeBignum(body, BASE58);
    default:
      return null;
  }
}

/** RFC 4648 without padding. The bits left over at the end must be zero. */
function decodeBits(
  text: string,
  alphabet: string,
  width: number
): number[] | null {
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value < 0) {
      return null;
    }
    buffer = (buffer << width) | value;
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(buffer >> bits);
      buffer &= (1 << bits) - 1;
    }
  }
  return buffer === 0 && bits < width ? bytes : null;
}

/** The whole text as one number; leading zero digits stand for zero bytes. */
function decodeBignum(text: string, alphabet: string): number[] | null {
  const bytes: number[] = [];
  for (const letter of text) {
    let carry = alphabet.indexOf(letter);
    if (carry < 0) {
      return null;
    }
    for (let i = 0; i < bytes.length; i++) {
      carry += bytes[i] * alphabet.length;
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    if (carry > 0) {
      bytes.push(carry);
    }
  }
  for (const letter of text) {
    if (letter !== alphabet[0]) {
      break;
    }
    bytes.push(0);
  }
  return bytes.reverse();
}

import { isCID } from './cid';

/** Why a text leads nowhere. */
export type AddressProblem =
  | 'empty'
  | 'broken-cid'
  | 'ipns'
  | 'link-without-cid'
  | 'bare-link'
  | 'other-scheme'
  | 'dots';

/**
 * What somebody pasted.
 *
 * - `content`: begins with a CID; `gateway` is the address of the gateway whose link it came in,
 *   with its scheme and port;
 * - `name`: may be a name of this repo, which only the server can tell;
 * - `problem`: neither.
 */
export type Address =
  | {
      readonly kind: 'content';
      readonly path: string;
      readonly gateway: string | null;
    }
  | { readonly kind: 'name'; readonly path: string }
  | { readonly kind: 'problem'; readonly problem: AddressProblem };

/** What a CID begins with: nobody calls a thing so by chance, at such a length. */
const CID_LIKE =
  /^(Qm[1-9A-HJ-NP-Za-km-z]|b[a-z2-7]{2}|zb2|zdj|z[1-9A-HJ-NP-Za-km-z]{2}|k[0-9a-z]{2}|f01)[0-9A-Za-z]{24,}$/;

/**
 * Read a CID, `/ipfs/…`, `ipfs://…`, a gateway's link or a name. Nobody is asked.
 */
export function parseAddress(pasted: string): Address {
  // People paste with quotes, angle brackets or a full stop around it.
  const text = pasted.trim().replace(/^[<"'“‘`]+|[>"'”’`]+$/g, '');
  if (text === '') {
    return problem('empty');
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1].toLowerCase();
  if (scheme === 'http' || scheme === 'https') {
    return fromLink(text);
  }
  if (scheme === 'ipns' || text.startsWith('/ipns/')) {
    return problem('ipns');
  }
  if (scheme !== undefined && scheme !== 'ipfs') {
    return problem('other-scheme');
  }
  const body =
    scheme === 'ipfs'
      ? text.slice('ipfs://'.length).replace(/^ipfs\//, '')
      : text.replace(/^\/?ipfs\//, '');
  return fromSegments(body.split('/'), {
    mustBeCID: body !== text,
    gateway: null
  });
}

function fromLink(text: string): Address {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return problem('link-without-cid');
  }
  const segments = url.pathname.split('/').filter(part => part !== '');
  // https://specs.ipfs.tech/http-gateways/subdomain-gateway/
  const [label, place, ...domain] = url.host.split('.');
  const decoded = segments.map(decodeSegment);
  if (place === 'ipfs' && isCID(label)) {
    return fromSegments([label, ...decoded], {
      mustBeCID: true,
      gateway: `${url.protocol}//${domain.join('.')}`
    });
  }
  if (place === 'ipns' || segments[0] === 'ipns') {
    return problem('ipns');
  }
  if (segments.length === 0 || (segments[0] === 'ipfs' && !segments[1])) {
    return problem('bare-link');
  }
  if (segments[0] !== 'ipfs') {
    return problem('link-without-cid');
  }
  return fromSegments(decoded.slice(1), {
    mustBeCID: true,
    // Without what else may stand before the host, such as a user's name.
    gateway: `${url.protocol}//${url.host}`
  });
}

function fromSegments(
  all: readonly string[],
  options: { mustBeCID: boolean; gateway: string | null }
): Address {
  const [head, ...rest] = all;
  const segments = rest.filter(segment => segment !== '');
  if (segments.some(segment => segment === '.' || segment === '..')) {
    return problem('dots');
  }
  const path = [head, ...segments].join('/');
  if (isCID(head)) {
    return {
      kind: 'content',
      path: `/ipfs/${path}`,
      gateway: options.gateway
    };
  }
  if (options.mustBeCID || head === '' || CID_LIKE.test(head)) {
    return problem(isIPNS(head) ? 'ipns' : 'broken-cid');
  }
  return { kind: 'name', path };
}

/** A peer's key: https://specs.ipfs.tech/ipns/ipns-record/#ipns-name */
function isIPNS(head: string): boolean {
  return /^(k51|k2k4|12D3)/.test(head);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function problem(kind: AddressProblem): Address {
  return { kind: 'problem', problem: kind };
}

/** The parts of `/ipfs/<cid>/a/b`, each with the path that leads to it. */
export function crumbs(
  path: string
): readonly { readonly name: string; readonly path: string }[] {
  const [cid, ...names] = path.replace(/^\/ipfs\//, '').split('/');
  const parts = [{ name: cid, path: `/ipfs/${cid}` }];
  for (const name of names.filter(part => part !== '')) {
    parts.push({ name, path: `${parts[parts.length - 1].path}/${name}` });
  }
  return parts;
}

/** The last name of a path, or its CID. */
export function lastName(path: string): string {
  const parts = crumbs(path);
  return parts[parts.length - 1].name;
}

/** What to call what was opened: the name that it was asked by, if it was one. */
export function titleOf(text: string): string | null {
  const address = parseAddress(text);
  return address.kind === 'name' ? lastName(address.path) : null;
}

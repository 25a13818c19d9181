/** Why a cell that uses IPFS failed, as far as one click can cure it. */
export type Ailment =
  /** `%ipfs` is not loaded. */
  | 'magic'
  /** The kernel's environment has no jupyter_ipfs. */
  | 'package'
  /** … or has another version than the server. */
  | 'version'
  /** The kernel keeps its content in another repo than the server. */
  | 'repo';

/** What a kernel said of itself. */
export interface IKernelFacts {
  readonly version: string;
  readonly repo: string;
}

/** What the kernel is asked, as expressions, so that no name of the user's changes. */
export const FACTS: Readonly<Record<keyof IKernelFacts, string>> = {
  version:
    "__import__('importlib.metadata', fromlist=['version']).version('jupyter_ipfs')",
  repo: "str(__import__('jupyter_ipfs.config', fromlist=['load']).load().repo)"
};

/**
 * What an error says by itself.
 *
 * @param name - The exception's class.
 * @param text - Its message.
 */
export function ailmentOf(name: string, text: string): Ailment | null {
  if (
    name === 'UsageError' &&
    /^(?:Line magic function|Cell magic) `%%?ipfs` not found/.test(text)
  ) {
    return 'magic';
  }
  if (
    /^(?:ModuleNotFoundError|ImportError)$/.test(name) &&
    /^No module named '?jupyter_ipfs\b/.test(text)
  ) {
    return 'package';
  }
  return null;
}

/** Whether a cell uses us, so that its failure may be ours. */
export function concernsUs(code: string): boolean {
  return /^\s*%%?ipfs\b|jupyter_ipfs|\bipfs:\/\//m.test(code);
}

const VERSION = /^[0-9][0-9A-Za-z.+!]*$/;

/** What of the server's words is a version: a checkout that is not installed has none. */
export function asVersion(text: string | undefined): string | undefined {
  return text !== undefined && VERSION.test(text) ? text : undefined;
}

/** In what the kernel and the server differ, as far as both say it. */
export function differenceOf(
  kernel: Partial<IKernelFacts>,
  server: Partial<IKernelFacts>
): Ailment | null {
  const differs = (key: keyof IKernelFacts): boolean =>
    kernel[key] !== undefined &&
    server[key] !== undefined &&
    kernel[key] !== server[key];
  if (differs('version')) {
    return 'version';
  }
  return differs('repo') ? 'repo' : null;
}

/**
 * The code that cures it, as somebody would type it.
 *
 * @returns `null` if what the server says of itself is nothing to put into code.
 */
export function cureOf(
  ailment: Ailment,
  server: Partial<IKernelFacts>
): string | null {
  const { version, repo } = server;
  switch (ailment) {
    case 'magic':
      return '%load_ext jupyter_ipfs';
    case 'package':
      return version === undefined
        ? '%pip install jupyter_ipfs'
        : pinned(version);
    case 'version':
      return version === undefined ? null : pinned(version);
    case 'repo':
      // IPython expands $ and {} in the line of a magic.
      return repo !== undefined && /^[^\p{C}${}'"\\]+$/u.test(repo)
        ? `%env JUPYTER_IPFS_REPO=${repo}`
        : null;
  }
}

function pinned(version: string): string | null {
  return asVersion(version) === undefined
    ? null
    : `%pip install jupyter_ipfs==${version}`;
}

/** Read the answers to `FACTS`: those that the kernel could give. */
export function readFacts(
  expressions: Readonly<Record<string, unknown>>
): Partial<IKernelFacts> {
  return {
    version: readText(expressions['version']),
    repo: readText(expressions['repo'])
  };
}

/** The text of an expression whose value is a Python string without quotes in it. */
function readText(expression: unknown): string | undefined {
  const answer = expression as {
    status?: unknown;
    data?: Record<string, unknown>;
  } | null;
  const shown = answer?.data?.['text/plain'];
  if (answer?.status !== 'ok' || typeof shown !== 'string') {
    return undefined;
  }
  const match = /^(['"])(.*)\1$/s.exec(shown);
  return match?.[2].replace(/\\\\/g, '\\');
}

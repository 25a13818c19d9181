import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** Something that the notebook read, as it is planned to be shared. */
export interface IPlannedInput {
  /** Relative to the notebook's folder; `ipfs/<CID>` for content. */
  readonly path: string;
  readonly size: number;
  /** `seen`, `guessed`, `added` or `content`. */
  readonly how: string;
  readonly selected: boolean;
  /** Whether it can be in the bundle at all. */
  readonly selectable?: boolean;
  /** Why it is not preselected: `hidden`, `git-ignored`, `secret`, `above`, `outside`, `missing`. */
  readonly why_not: string;
  /** It is not what the recorded run read any more. */
  readonly changed: boolean;
  /** Where to get it if it is not included, in the author's words. */
  readonly where: string;
}

/** What is wrong with what is to be shared, or worth knowing. */
export interface IFinding {
  readonly level: 'secret' | 'warning' | 'note';
  readonly kind: string;
  /** In one sentence; never the secret itself. */
  readonly title: string;
  readonly where: string;
  readonly hint: string;
  /** The id of the cell. */
  readonly cell: string | null;
  /** The input's path. */
  readonly path: string | null;
}

/** What runs a notebook. */
export interface IEnvironment {
  readonly python: string;
  readonly platform: string;
  readonly machine: string;
  /** How many the lock has. */
  readonly packages: number;
  readonly unlocked: readonly {
    readonly name: string;
    readonly version: string;
    readonly why: string;
  }[];
}

/** What is going to be shared, before anything is. */
export interface IPlan {
  readonly title: string;
  readonly name: string;
  readonly authors: readonly string[];
  readonly license: string;
  readonly description: string;
  /** Whether a run was recorded; without one nothing is known of what was read. */
  readonly recorded: boolean;
  readonly created_at: string;
  readonly notebook: {
    readonly path: string;
    readonly size: number;
    readonly cells: number;
    readonly run_cells: number;
  };
  readonly inputs: readonly IPlannedInput[];
  readonly hosts: readonly string[];
  readonly findings: readonly IFinding[];
  readonly environment: IEnvironment;
  readonly size: number;
}

/** What the author chooses. */
export interface IShareChoices {
  /** Where the notebook lies in the workspace. */
  readonly path: string;
  /** Whose recorded run is meant. */
  readonly kernel?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly license?: string;
  readonly title?: string;
  readonly authors?: readonly string[];
  readonly description?: string;
}

/** What was shared. */
export interface IShared {
  readonly root: string;
  readonly payload: string;
  readonly name: string;
  readonly version: number;
  readonly unchanged: boolean;
  readonly size: number;
  readonly link: string;
}

/** Ask what would be shared, and what is wrong with it; nothing is stored. */
export async function createPlan(
  choices: IShareChoices,
  settings: ServerConnection.ISettings
): Promise<IPlan> {
  const init = { method: 'POST', body: JSON.stringify(choices) };
  return asPlan(await request('bundles/plan', init, settings));
}

/** Check that an answer is a plan. */
export function asPlan(body: unknown): IPlan {
  const plan = body as Partial<IPlan> | null;
  if (
    typeof plan?.title !== 'string' ||
    typeof plan.size !== 'number' ||
    !Array.isArray(plan.inputs) ||
    !Array.isArray(plan.findings) ||
    typeof plan.environment !== 'object'
  ) {
    throw new TypeError('jupyter-ipfs/bundles/plan: not a plan');
  }
  return plan as IPlan;
}

/** Check that a job's result is what was shared. */
export function asShared(result: Readonly<Record<string, unknown>>): IShared {
  const { root, payload, name } = result;
  if (
    typeof root !== 'string' ||
    typeof payload !== 'string' ||
    typeof name !== 'string'
  ) {
    throw new TypeError('jupyter-ipfs/jobs: nothing was shared');
  }
  return result as unknown as IShared;
}

import type { NodeState } from './nodeStatus';

/** Where something was stored: a backend, and who is told of it. */
export interface IPlace {
  /** `embedded`, `kubo`, … */
  readonly backend: string;
  /** Whether it announces what it holds. */
  readonly public: boolean;
}

/** The place that a job's result names, if it names one. */
export function placeOfResult(
  result: Readonly<Record<string, unknown>> | null
): IPlace | null {
  const place = result?.['place'] as Partial<IPlace> | null | undefined;
  return typeof place === 'object' &&
    place !== null &&
    typeof place.backend === 'string'
    ? { backend: place.backend, public: place.public === true }
    : null;
}

/** Where what is stored now goes, as far as it is known. */
export function placeOfNode(state: NodeState): IPlace | null {
  return state.kind === 'answered'
    ? { backend: state.status.backend, public: state.status.public }
    : null;
}

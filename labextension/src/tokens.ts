import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { NodeState } from './models/nodeStatus';

/**
 * What is known about the IPFS node behind this Jupyter server.
 */
export interface INodeStatus {
  /** The newest answer, or why there is none. */
  readonly state: NodeState;

  /** Emitted after `state` has changed. */
  readonly changed: ISignal<INodeStatus, void>;

  /** Ask the server now; never rejects. */
  refresh(): Promise<void>;
}

/**
 * Require this to follow the node's state from another extension.
 */
export const INodeStatus = new Token<INodeStatus>(
  'jupyter-ipfs:INodeStatus',
  'The state of the IPFS node behind this Jupyter server.'
);

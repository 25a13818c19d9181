import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBackendStatus } from '../api/status';
import type { NodeState } from '../models/nodeStatus';
import { explanation } from './explanation';
import { sizeText } from './size';

/** What to type to see which half of the extension is missing. */
export const LIST_COMMANDS = [
  'jupyter server extension list',
  'jupyter labextension list'
] as const;

/**
 * The node's health in a few words, for the status bar.
 */
export function statusWords(
  state: NodeState,
  trans: TranslationBundle
): string {
  switch (state.kind) {
    case 'checking':
      return trans.__('IPFS: checking…');
    case 'missing':
      return trans.__('IPFS: server part missing');
    case 'failed':
      return trans.__('IPFS: no answer');
    case 'answered':
      if (!state.status.healthy) {
        return trans.__('IPFS: not working');
      }
      if (state.status.backend === 'embedded') {
        return trans.__('IPFS: on this computer');
      }
      return state.status.public
        ? trans.__('IPFS: on %1, public', state.status.backend)
        : trans.__('IPFS: on %1', state.status.backend);
  }
}

export interface INodeStatusProps {
  readonly state: NodeState;
  readonly trans: TranslationBundle;
}

/**
 * Where the bytes are, who could read them, and what to do if nobody answers.
 */
export function NodeStatus({
  state,
  trans
}: INodeStatusProps): React.JSX.Element {
  switch (state.kind) {
    case 'checking':
      return <p>{trans.__('Waiting for the server’s answer…')}</p>;
    case 'missing':
      return <ServerPartMissing trans={trans} />;
    case 'failed':
      return (
        <>
          <p>{trans.__('The server did not say how the node is:')}</p>
          <p className="jp-Ipfs-quote">{state.message}</p>
          {state.hint !== null && <p>{state.hint}</p>}
        </>
      );
    case 'answered':
      return <Answered status={state.status} trans={trans} />;
  }
}

function Answered(props: {
  status: IBackendStatus;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { status, trans } = props;
  return (
    <>
      <dl className="jp-Ipfs-status">
        <dt>{trans.__('Where the bytes are')}</dt>
        <dd>{status.label}</dd>
        <dt>{trans.__('Does it work')}</dt>
        <dd>
          {status.healthy ? trans.__('Yes') : trans.__('No')}
          {status.detail !== '' && `: ${status.detail}`}
        </dd>
        {heldText(status, trans) !== '' && (
          <>
            <dt>{trans.__('How much is held')}</dt>
            <dd>{heldText(status, trans)}</dd>
          </>
        )}
        <dt>{trans.__('Who could read them')}</dt>
        <dd>
          {status.public
            ? trans.__(
                'Anyone in the world: this node announces what it holds to the public IPFS network.'
              )
            : trans.__(
                'Whoever can read these files. Nothing is announced to the public IPFS network.'
              )}
        </dd>
      </dl>
      <p className="jp-Ipfs-note">{explanation(trans)}</p>
      {status.backend === 'embedded' && (
        <p className="jp-Ipfs-note">
          {trans.__(
            '“This computer” is the one that runs this Jupyter server. If it goes away, so do the bytes, unless you exported or pushed them elsewhere.'
          )}
        </p>
      )}
    </>
  );
}

function ServerPartMissing(props: {
  trans: TranslationBundle;
}): React.JSX.Element {
  const { trans } = props;
  return (
    <>
      <p>
        {trans.__(
          'This Jupyter server does not have the server part of jupyter_ipfs. In a terminal on the server, look whether these two list jupyter_ipfs as enabled:'
        )}
      </p>
      <pre className="jp-Ipfs-commands">{LIST_COMMANDS.join('\n')}</pre>
      <p>
        {trans.__(
          'If one does not, install jupyter_ipfs into the environment that runs the server, then start the server again.'
        )}
      </p>
    </>
  );
}

function heldText(status: IBackendStatus, trans: TranslationBundle): string {
  const words: string[] = [];
  if (typeof status.blocks === 'number') {
    words.push(trans._n('%1 block', '%1 blocks', status.blocks));
  }
  if (typeof status.size === 'number') {
    words.push(trans.__('%1 on disk', sizeText(status.size, trans)));
  }
  return words.join(', ');
}

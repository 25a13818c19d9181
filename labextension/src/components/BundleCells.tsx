import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBundle, IBundleCell, IBundleOutput } from '../api/bundles';
import type { ICellProgress } from '../api/reports';
import type { BundleModel } from '../models/bundle';
import { plainText } from '../models/plainText';
import { PreviewBody } from './Preview';
import { ProblemNote } from './ProblemNote';
import { VerdictBadge } from './VerdictBadge';
import { Section } from './Section';

/**
 * The cells of a bundle with their outputs, and what is known of them.
 */
export function BundleCells(props: {
  model: BundleModel;
  bundle: IBundle;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, bundle, trans } = props;
  const known = new Map(model.cells.map(cell => [cell.id, cell]));
  return (
    <Section title={trans.__('Cells and outputs')}>
      {bundle.cells.length === 0 ? (
        <p>{trans.__('It has no code.')}</p>
      ) : (
        <ol className="jp-Ipfs-bundleList">
          {bundle.cells.map(cell => (
            <Cell
              key={cell.id}
              cell={cell}
              found={known.get(cell.id)}
              // The report says more, above.
              isRunning={model.replay.kind === 'asking'}
              model={model}
              trans={trans}
            />
          ))}
        </ol>
      )}
    </Section>
  );
}

function Cell(props: {
  cell: IBundleCell;
  found: ICellProgress | undefined;
  isRunning: boolean;
  model: BundleModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { cell, found, isRunning, model, trans } = props;
  const rule = ruleText(cell, trans);
  return (
    <li data-cell={cell.id}>
      <span className="jp-Ipfs-bundleLine">
        <span>
          {trans.__('Cell %1', cell.index + 1)}{' '}
          <code className="jp-Ipfs-cid">[{cell.number ?? ' '}]</code>
        </span>
        {found !== undefined && (
          <VerdictBadge verdict={found.verdict} trans={trans} />
        )}
        <span className="jp-Ipfs-inputSize">
          {cell.number === null
            ? trans.__('not run')
            : trans._n('%1 output', '%1 outputs', cell.outputs.length)}
        </span>
      </span>
      {found !== undefined && found.reason !== '' && isRunning && (
        <span className="jp-Ipfs-pairNote">
          <bdi>{plainText(found.reason, 400)}</bdi>
        </span>
      )}
      {rule !== null && <span className="jp-Ipfs-pairNote">{rule}</span>}
      {cell.outputs.map((output, index) => (
        <Output
          key={index}
          output={output}
          title={trans.__('Output %1 of cell %2', index + 1, cell.index + 1)}
          model={model}
          trans={trans}
        />
      ))}
    </li>
  );
}

/** What its author says of how it is to be compared: a claim. */
function ruleText(
  { rule }: IBundleCell,
  trans: TranslationBundle
): string | null {
  if (!rule || (rule.skip !== true && (rule.relative ?? null) === null)) {
    return null;
  }
  const reason = plainText(rule.reason, 200);
  const claim =
    rule.skip === true
      ? trans.__('Its author says: not to be compared')
      : trans.__(
          'Its author says: numbers may differ by %1',
          String(rule.relative)
        );
  return reason === null ? claim : `${claim}: ${reason}`;
}

function Output(props: {
  output: IBundleOutput;
  title: string;
  model: BundleModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { output, title, model, trans } = props;
  const state = model.output(output.cid);
  const types = output.mime_types.map(type => plainText(type, 60)).join(', ');
  return (
    <details
      className="jp-Ipfs-bundleOutput"
      onToggle={event => {
        if (event.currentTarget.open && state.kind !== 'here') {
          void model.loadOutput(output.cid);
        }
      }}
    >
      <summary>
        {title} <span className="jp-Ipfs-pairNote">{types}</span>
      </summary>
      {state.kind === 'asking' && <p>{trans.__('Loading…')}</p>}
      {state.kind === 'failed' && <ProblemNote problem={state.problem} />}
      {state.kind === 'here' && (
        <PreviewBody title={title} preview={state.value} trans={trans} />
      )}
    </details>
  );
}

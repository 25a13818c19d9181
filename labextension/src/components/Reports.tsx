import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBundle } from '../api/bundles';
import type {
  ICellVerdict,
  IOutputVerdict,
  IReportEntry
} from '../api/reports';
import type { IShownReport } from '../models/bundle';
import { shortCID } from '../models/cid';
import { plainLines, plainText } from '../models/plainText';
import type { IBundleProps } from './Bundle';
import {
  countsText,
  machineText,
  signatureText,
  timeText
} from './bundleWords';
import { CopyButton } from './CopyButton';
import { ProblemNote } from './ProblemNote';
import { VerdictBadge } from './VerdictBadge';
import { Section } from './Section';

type Props = IBundleProps & { bundle: IBundle };

/**
 * How running it again goes.
 */
export function Replay(props: Props): React.JSX.Element | null {
  const { model, bundle, trans } = props;
  const { replay } = model;
  if (replay.kind === 'failed') {
    return (
      <section aria-label={trans.__('Reproduce')}>
        <ProblemNote problem={replay.problem} />
      </section>
    );
  }
  if (replay.kind !== 'asking') {
    return null;
  }
  const done = model.cells.length;
  return (
    <section aria-label={trans.__('Reproduce')}>
      <p role="status">
        {done === 0
          ? trans.__(
              'Running it: first its packages are made ready, then its cells run one by one.'
            )
          : trans.__('Running it: %1 of %2 cells.', done, bundle.cells.length)}
      </p>
      <progress
        aria-label={trans.__('Cells that have run')}
        max={Math.max(bundle.cells.length, 1)}
        value={done}
      />
      <button
        type="button"
        className="jp-Ipfs-button"
        onClick={() => void model.cancel()}
      >
        {trans.__('Cancel')}
      </button>
    </section>
  );
}

/**
 * What was found when it was run again, here and by others.
 */
export function Reports(props: Props): React.JSX.Element {
  const { bundle, model, trans } = props;
  const { report, reports } = model;
  const all = reports.kind === 'here' ? reports.value : [];
  // The one that is shown is not listed a second time.
  const listed = all.filter(
    entry => report.kind !== 'here' || entry.report !== report.value.cid
  );
  const others = listed.filter(entry => !entry.by_author);
  const authors = listed.filter(entry => entry.by_author);
  return (
    <Section title={trans.__('Reproduced')}>
      {report.kind === 'here' && (
        <ReportView
          {...props}
          shown={report.value}
          entry={all.find(entry => entry.report === report.value.cid)}
        />
      )}
      {report.kind === 'asking' && <p>{trans.__('Loading the report…')}</p>}
      {report.kind === 'failed' && <ProblemNote problem={report.problem} />}
      {reports.kind === 'failed' && (
        <>
          {bundle.is_report && (
            <p>
              {trans.__(
                'Who signed it, and whether that is its author, can be told once what it is about is here:'
              )}
            </p>
          )}
          <ProblemNote problem={reports.problem} />
        </>
      )}
      {reports.kind !== 'failed' &&
        all.length === 0 &&
        report.kind !== 'here' && (
          <p>
            {trans.__(
              'No report of it is here. “Reproduce…” runs it again on this computer and compares.'
            )}
          </p>
        )}
      {others.length > 0 && (
        <>
          <h4>{trans.__('Reports that are here')}</h4>
          <Entries {...props} entries={others} />
        </>
      )}
      {authors.length > 0 && (
        <>
          <h4>{trans.__('Its author’s own')}</h4>
          <Entries {...props} entries={authors} />
        </>
      )}
    </Section>
  );
}

function Entries(
  props: Props & { entries: readonly IReportEntry[] }
): React.JSX.Element {
  const { entries, model, trans } = props;
  return (
    <ul className="jp-Ipfs-bundleList">
      {entries.map(entry => (
        <li key={entry.report}>
          <button
            type="button"
            className="jp-Ipfs-crumb"
            onClick={() => void model.showReport(entry.report)}
          >
            {countsText(entry.counts, trans)}
          </button>
          <span className="jp-Ipfs-pairNote">
            {[
              entry.own ? trans.__('yours') : null,
              timeText(entry.at),
              machineText(entry.machine, trans)
            ]
              .filter(text => text !== null && text !== '')
              .join(' · ')}
          </span>
          <Signed entry={entry} trans={trans} />
        </li>
      ))}
    </ul>
  );
}

/** Who vouches for a report. */
function Signed(props: {
  entry: IReportEntry;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { entry, trans } = props;
  return (
    <span className="jp-Ipfs-pairNote">
      {entry.signatures.length === 0
        ? trans.__('Nobody has signed it.')
        : entry.signatures
            .map(signature => signatureText(signature, trans))
            .join(' ')}
    </span>
  );
}

function ReportView(
  props: Props & { shown: IShownReport; entry: IReportEntry | undefined }
): React.JSX.Element {
  const { shown, entry, trans } = props;
  const { cid, report } = shown;
  return (
    <div className="jp-Ipfs-report">
      <p className="jp-Ipfs-counts" role="status">
        {trans.__('%1.', countsText(report.counts, trans))}
      </p>
      {report.claimed > 0 && (
        <p>
          {trans._n(
            'Not counted there: %1 cell whose verdict rests on what its author says of how to compare.',
            'Not counted there: %1 cells whose verdicts rest on what its author says of how to compare.',
            report.claimed
          )}
        </p>
      )}
      <p className="jp-Ipfs-pairNote">
        {[timeText(report.at), machineText(report.machine, trans)]
          .filter(text => text !== '')
          .join(' · ')}
      </p>
      {entry !== undefined && <Signed entry={entry} trans={trans} />}
      {entry?.by_author === true && (
        <p>{trans.__('It is its author’s own report: no second opinion.')}</p>
      )}
      {report.explanations.length > 0 && (
        <>
          <h4>{trans.__('What may explain differences')}</h4>
          <ul>
            {report.explanations.map(text => (
              <li key={text}>
                <bdi>{plainText(text, 400)}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
      <ol className="jp-Ipfs-bundleList">
        {report.cells.map(cell => (
          <CellLine key={cell.id} cell={cell} trans={trans} />
        ))}
      </ol>
      <div className="jp-Ipfs-cidRow">
        <span>{trans.__('The report:')}</span>
        <code className="jp-Ipfs-cid" title={cid}>
          {shortCID(cid)}
        </code>
        <CopyButton
          text={cid}
          label={trans.__('Copy CID')}
          copy={props.copy}
          trans={trans}
        />
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={() => props.onSendReport(cid)}
        >
          {trans.__('Send it to…')}
        </button>
        {props.canSign && entry?.signatures.some(({ own }) => own) !== true && (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => props.onSignReport(cid)}
          >
            {trans.__('Sign it…')}
          </button>
        )}
      </div>
    </div>
  );
}

function CellLine(props: {
  cell: ICellVerdict;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { cell, trans } = props;
  const outputs = (cell.outputs as readonly IOutputVerdict[] | undefined) ?? [];
  return (
    <li data-cell={cell.id}>
      <span className="jp-Ipfs-bundleLine">
        <span>{trans.__('Cell %1', cell.index + 1)}</span>
        <VerdictBadge verdict={cell.verdict} trans={trans} />
        {cell.claimed && (
          <span className="jp-Ipfs-pairNote">
            {trans.__('by its author’s claim')}
          </span>
        )}
      </span>
      {cell.reason !== '' && (
        <span className="jp-Ipfs-pairNote">
          <bdi>{plainText(cell.reason, 400)}</bdi>
        </span>
      )}
      {outputs.length > 0 && (
        <details open={cell.verdict === 'differs'}>
          <summary>
            {trans._n('%1 output', '%1 outputs', outputs.length)}
          </summary>
          <ul>
            {outputs.map((output, index) => (
              <OutputLine key={index} output={output} trans={trans} />
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function OutputLine(props: {
  output: IOutputVerdict;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { output, trans } = props;
  return (
    <li>
      <VerdictBadge verdict={output.verdict} trans={trans} />{' '}
      <bdi>{plainText(output.mime_type, 80)}</bdi>
      {output.rule !== '' && (
        <span className="jp-Ipfs-pairNote">
          {trans.__('Rule: %1', plainText(output.rule) ?? '')}
        </span>
      )}
      {output.detail !== '' && (
        <span className="jp-Ipfs-pairNote">
          <bdi>{plainText(output.detail, 600)}</bdi>
        </span>
      )}
      {output.diff !== '' && (
        <pre
          className="jp-Ipfs-text jp-Ipfs-blockText"
          tabIndex={0}
          role="group"
          aria-label={trans.__('What differs')}
        >
          {plainLines(output.diff)}
        </pre>
      )}
    </li>
  );
}

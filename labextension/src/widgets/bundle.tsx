import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import '../../style/bundles.css';
import type { IBundle } from '../api/bundles';
import { getReadiness } from '../api/reports';
import { Bundle } from '../components/Bundle';
import { ipfsIcon } from '../components/icons';
import type { BundleModel } from '../models/bundle';
import { shortCID } from '../models/cid';
import { plainText } from '../models/plainText';
import type { VerdictsModel } from '../models/verdicts';
import type { IJobs, IWallet } from '../tokens';
import { ContentTab } from './contentTab';
import { askText } from './itemDialogs';
import { askToReproduce } from './reproduceDialog';
import { showProblem, told } from './told';

export { BundleModel } from '../models/bundle';

/** What the tab can have done. */
export interface IBundleHost {
  readonly jobs: IJobs;
  readonly wallet: IWallet | null;
  readonly verdicts: VerdictsModel;
  openNotebook(path: string): Promise<void>;
  /** Ask for a folder of the workspace, and write a copy into it. */
  openCopy(bundle: IBundle): Promise<void>;
  openFiles(path: string): void;
  openBundle(path: string, title: string): void;
  send(cid: string, title: string): void;
}

/**
 * A tab with a notebook that somebody has shared.
 */
export class BundleTab extends ContentTab<BundleModel> {
  /**
   * @param model - The bundle.
   * @param host - Does what is asked for in the tab.
   * @param settings - The connection to the Jupyter server.
   * @param trans - The language.
   */
  constructor(
    model: BundleModel,
    private readonly host: IBundleHost,
    private readonly settings: ServerConnection.ISettings,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.addClass('jp-Ipfs-bundle');
    this.title.icon = ipfsIcon;
    this.title.label = shortCID(model.path.replace(/^\/ipfs\//, ''));
    this.title.caption = trans.__('A shared notebook');
    model.changed.connect(() => this.follow());
    host.wallet?.changed.connect(this.onWallet);
    void model.load();
  }

  dispose(): void {
    this.host.wallet?.changed.disconnect(this.onWallet);
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const { host, model, trans } = this;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <Bundle
            model={model}
            canSign={(host.wallet?.session ?? null) !== null}
            onOpenReadOnly={bundle =>
              void told(trans.__('It could not be opened'), () =>
                host.openNotebook(`ipfs:${pathOf(bundle)}`)
              )
            }
            onOpenCopy={bundle =>
              void told(trans.__('There is no copy'), () =>
                host.openCopy(bundle)
              )
            }
            onFiles={path => host.openFiles(path)}
            onFetch={() => void this.fetch()}
            onReproduce={bundle => void this.reproduce(bundle)}
            onOpenShare={(root, title) =>
              host.openBundle(`/ipfs/${root}`, title)
            }
            onCompare={() => void this.compare()}
            onVouch={bundle => void this.sign(bundle.root, bundle.title)}
            onSignReport={cid => void this.sign(cid, trans.__('Report'), false)}
            onSendReport={cid => host.send(cid, trans.__('Report'))}
            copy={text => Clipboard.copyToSystem(text)}
            trans={trans}
          />
        )}
      </UseSignal>
    );
  }

  private follow(): void {
    const { bundle, cells } = this.model;
    if (bundle.kind !== 'here') {
      return;
    }
    const { payload } = bundle.value;
    const title = plainText(bundle.value.title, 40) ?? '';
    if (bundle.value.is_report) {
      this.title.label = this.trans.__('Report on “%1”', title);
      return;
    }
    this.title.label = title;
    this.host.verdicts.link(`ipfs:${pathOf(bundle.value)}`, payload);
    this.host.verdicts.put(payload, cells);
  }

  private async fetch(): Promise<void> {
    const problem = await this.model.fetch();
    if (problem !== null) {
      await showProblem(this.trans.__('Not all of it was found'), problem);
    }
  }

  private async reproduce(bundle: IBundle): Promise<void> {
    const { model, settings, trans } = this;
    await told(trans.__('It cannot be run here'), async () => {
      const readiness = await getReadiness(model.path, settings);
      const allowed = await askToReproduce(bundle, readiness, trans);
      if (allowed !== null) {
        await model.reproduce(allowed);
      }
    });
  }

  private async compare(): Promise<void> {
    const { model, trans } = this;
    const answer = await askText(
      {
        title: trans.__('Compare with another share'),
        label: trans.__('A link, a CID, or a name with its version'),
        note: trans.__('Such as survey@1. Only what differs is fetched.'),
        value: '',
        accept: [trans.__('Compare')]
      },
      trans
    );
    if (answer !== null) {
      await model.compare(answer.text.replace(/^ipfs:\/\//, ''));
    }
  }

  /** Have the wallet sign it; what is signed has another CID, and is shown. */
  private async sign(
    path: string,
    title: string,
    isShown = true
  ): Promise<void> {
    const { host, model, trans } = this;
    await told(trans.__('It was not signed'), async () => {
      const { root } = await host.jobs.run(
        'sign-bundle',
        { path, role: 'reviewer' },
        title
      );
      if (typeof root === 'string') {
        Notification.success(
          trans.__(
            'Signed. With your signature it has another CID: hand that one over.'
          ),
          { autoClose: 8000 }
        );
        if (isShown) {
          host.openBundle(`/ipfs/${root}`, title);
        } else {
          await model.loadReports();
          await model.showReport(root);
        }
      }
    });
  }

  private readonly onWallet = (): void => this.update();
}

/** Where the notebook is on the `ipfs:` drive; the server may say it with the drive's name. */
function pathOf({ notebook }: IBundle): string {
  return notebook.replace(/^ipfs:/, '').replace(/^\/?(ipfs\/)?/, '');
}

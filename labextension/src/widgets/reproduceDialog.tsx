import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { IBundle } from '../api/bundles';
import type { IReadiness } from '../api/reports';
import { ReproduceConsent } from '../components/ReproduceConsent';
import type { IAllowed } from '../models/bundle';

/**
 * Ask whether someone else's code may run here, and what it may do.
 *
 * @returns What is allowed; `null` if it may not run.
 */
export async function askToReproduce(
  bundle: IBundle,
  readiness: IReadiness,
  trans: TranslationBundle
): Promise<IAllowed | null> {
  const body = new ConsentBody(bundle, readiness, trans);
  const { button } = await showDialog({
    title: trans.__('Run someone else’s code?'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Do not run it') }),
      Dialog.warnButton({ label: trans.__('Run it') })
    ],
    // Enter alone never runs it.
    defaultButton: 0,
    focusNodeSelector: '.jp-mod-reject'
  });
  return button.accept ? body.getValue() : null;
}

class ConsentBody
  extends ReactWidget
  implements Dialog.IBodyWidget<IAllowed | null>
{
  constructor(
    private readonly bundle: IBundle,
    private readonly readiness: IReadiness,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Ipfs-dialog');
    this.addClass('jp-Ipfs-consent');
  }

  getValue(): IAllowed | null {
    const { isolation, refused } = this.readiness;
    return this.isAllowed
      ? {
          network: this.network,
          isolation: isolation ?? 'none',
          accept: this.withoutRefused ? refused.map(({ name }) => name) : [],
          own_environment: this.ownEnvironment
        }
      : null;
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.follow();
  }

  protected render(): React.JSX.Element {
    return (
      <ReproduceConsent
        bundle={this.bundle}
        readiness={this.readiness}
        network={this.network}
        withoutIsolation={this.withoutIsolation}
        withoutRefused={this.withoutRefused}
        ownEnvironment={this.ownEnvironment}
        onNetwork={isAllowed => this.set(() => (this.network = isAllowed))}
        onWithoutIsolation={isAllowed =>
          this.set(() => (this.withoutIsolation = isAllowed))
        }
        onWithoutRefused={isAllowed =>
          this.set(() => (this.withoutRefused = isAllowed))
        }
        onOwnEnvironment={isAllowed =>
          this.set(() => (this.ownEnvironment = isAllowed))
        }
        trans={this.trans}
      />
    );
  }

  private set(change: () => void): void {
    change();
    this.update();
    this.follow();
  }

  private get isAllowed(): boolean {
    const { isolation, locked, refused } = this.readiness;
    return (
      (isolation !== null || this.withoutIsolation) &&
      (this.ownEnvironment ||
        (locked && (refused.length === 0 || this.withoutRefused)))
    );
  }

  /** The button that runs it is the dialog's. */
  private follow(): void {
    const button = this.node
      .closest('.jp-Dialog')
      ?.querySelector<HTMLButtonElement>('.jp-Dialog-footer .jp-mod-warn');
    if (button) {
      button.disabled = !this.isAllowed;
    }
  }

  private network = false;
  private withoutIsolation = false;
  private withoutRefused = false;
  private ownEnvironment = false;
}

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { Widget } from '@lumino/widgets';

import type { Ailment, IKernelFacts } from '../models/cures';
import {
  FACTS,
  ailmentOf,
  asVersion,
  concernsUs,
  cureOf,
  differenceOf,
  readFacts
} from '../models/cures';
import type { INodeStatus } from '../tokens';
import { ProgressNote } from './progressNote';

/** Longer code does not fit on a button. */
const LONGEST_LABEL = 48;

/** What of a notebook's panel is used; its own package is not one of ours. */
interface INotebookContent {
  activeCellIndex: number;
  readonly widgets: readonly { readonly model: { readonly id: string } }[];
}

/** A cell that is running, or that has failed. */
interface IRun {
  readonly code: string;
  readonly cellId: string | null;
}

export interface INotebookCuresOptions {
  /** What the server says of itself. */
  readonly node: INodeStatus;
  /** The notebook's panel. */
  readonly panel: Widget;
  readonly session: ISessionContext;
  readonly commands: CommandRegistry;
  /** Brings the panel to the front. */
  readonly activate: () => void;
  readonly trans: TranslationBundle;
}

/**
 * Watches the kernel of one notebook, and offers a cure where a cell of it failed.
 */
export class NotebookCures implements IDisposable {
  constructor(private readonly options: INotebookCuresOptions) {
    const { session } = options;
    session.kernelChanged.connect(this.onKernelChanged, this);
    session.statusChanged.connect(this.onStatusChanged, this);
    this.follow(session.session?.kernel ?? null);
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    if (this.disposed) {
      return;
    }
    this.disposed = true;
    const { session } = this.options;
    session.kernelChanged.disconnect(this.onKernelChanged, this);
    session.statusChanged.disconnect(this.onStatusChanged, this);
    this.follow(null);
  }

  private readonly onKernelChanged = (): void => {
    this.follow(this.options.session.session?.kernel ?? null);
  };

  private readonly onStatusChanged = (
    _session: ISessionContext,
    status: Kernel.Status
  ): void => {
    if (status === 'restarting' || status === 'autorestarting') {
      this.forget();
    }
  };

  private follow(kernel: Kernel.IKernelConnection | null): void {
    this.kernel?.anyMessage.disconnect(this.onMessage, this);
    this.kernel = kernel;
    this.forget();
    kernel?.anyMessage.connect(this.onMessage, this);
  }

  /** A fresh kernel may have what the last one lacked, and the other way round. */
  private forget(): void {
    this.runs.clear();
    this.compared = false;
  }

  private readonly onMessage = (
    kernel: Kernel.IKernelConnection,
    { msg, direction }: Kernel.IAnyMessageArgs
  ): void => {
    if (direction === 'send') {
      this.noteRun(msg);
      return;
    }
    if (msg.header.msg_type !== 'execute_reply') {
      return;
    }
    const parent = (msg.parent_header as { msg_id?: string }).msg_id ?? '';
    const run = this.runs.get(parent);
    this.runs.delete(parent);
    const content = msg.content as KernelMessage.IExecuteReplyMsg['content'];
    if (run !== undefined && content.status === 'error') {
      void this.diagnose(kernel, run, content.ename, content.evalue);
    }
  };

  /** Only cells that somebody runs, and only those that use us. */
  private noteRun(msg: KernelMessage.IMessage): void {
    if (msg.header.msg_type !== 'execute_request') {
      return;
    }
    const { code, silent } =
      msg.content as KernelMessage.IExecuteRequestMsg['content'];
    if (silent !== true && concernsUs(code)) {
      const cellId = msg.metadata['cellId'];
      this.runs.set(msg.header.msg_id, {
        code,
        cellId: typeof cellId === 'string' ? cellId : null
      });
    }
  }

  private async diagnose(
    kernel: Kernel.IKernelConnection,
    run: IRun,
    name: string,
    text: string
  ): Promise<void> {
    const { node } = this.options;
    if (node.state.kind === 'checking') {
      await node.refresh();
    }
    const server = serverFacts(node.state);
    let ailment = ailmentOf(name, text);
    if (ailment === null && !this.compared && name !== 'KeyboardInterrupt') {
      this.compared = true;
      ailment = differenceOf(await askKernel(kernel), server);
    }
    const code = ailment === null ? null : cureOf(ailment, server);
    if (ailment !== null && code !== null && !this.offered.has(ailment)) {
      this.offered.add(ailment);
      this.offer(kernel, run, ailment, code);
    }
  }

  private offer(
    kernel: Kernel.IKernelConnection,
    run: IRun,
    ailment: Ailment,
    code: string
  ): void {
    const apply = (): void => void this.apply(kernel, run, ailment, code);
    const fits = code.length <= LONGEST_LABEL;
    Notification.emit(this.words(ailment), 'warning', {
      autoClose: false,
      actions: [
        {
          label: fits ? code : this.options.trans.__('Show the cure…'),
          caption: this.options.trans.__(
            'Run this in the notebook’s kernel: %1',
            code
          ),
          displayType: 'accent',
          callback: () => {
            if (fits) {
              apply();
            } else {
              void this.confirm(code).then(agreed => {
                if (agreed) {
                  apply();
                }
              });
            }
          }
        }
      ]
    });
  }

  private words(ailment: Ailment): string {
    const { trans } = this.options;
    switch (ailment) {
      case 'magic':
        return trans.__(
          '%ipfs is not loaded in this kernel. Run this, then the cell again?'
        );
      case 'package':
        return trans.__(
          'This kernel’s environment has no jupyter_ipfs. Install it there, then run the cell again?'
        );
      case 'version':
        return trans.__(
          'This kernel has another version of jupyter_ipfs than the server. Install the server’s?'
        );
      case 'repo':
        return trans.__(
          'This kernel keeps its IPFS content elsewhere than the sidebar. Use the sidebar’s place, and run the cell again?'
        );
    }
  }

  private async confirm(code: string): Promise<boolean> {
    const body = new Widget();
    body.addClass('jp-Ipfs-dialog');
    const pre = document.createElement('pre');
    pre.className = 'jp-Ipfs-commands';
    pre.textContent = code;
    body.node.append(pre);
    const answer = await showDialog({
      title: this.options.trans.__('Run this in the notebook’s kernel?'),
      body,
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({ label: this.options.trans.__('Run') })
      ]
    });
    return answer.button.accept;
  }

  /** Run the cure, and the cell again if that is enough. */
  private async apply(
    kernel: Kernel.IKernelConnection,
    run: IRun,
    ailment: Ailment,
    code: string
  ): Promise<void> {
    const { trans } = this.options;
    const note = new ProgressNote(trans.__('Running %1…', code));
    const problem = await runCode(kernel, code);
    this.offered.delete(ailment);
    this.compared = false;
    if (problem !== null) {
      const message = trans.__('That did not help: %1', problem);
      await note.end('error', message, { autoClose: false });
    } else if (ailment === 'version') {
      await note.end(
        'success',
        trans.__(
          'Installed. The kernel uses it after a restart, which forgets its variables.'
        ),
        {
          autoClose: false,
          actions: [
            {
              label: trans.__('Restart kernel…'),
              callback: () => {
                this.options.activate();
                void this.options.commands.execute('notebook:restart-kernel');
              }
            }
          ]
        }
      );
    } else {
      await this.runAgain(run);
      await note.drop();
    }
  }

  private async runAgain(run: IRun): Promise<void> {
    if (this.disposed || this.options.panel.isDisposed) {
      return;
    }
    const { content } = this.options.panel as Widget & {
      readonly content: INotebookContent;
    };
    const index = content.widgets.findIndex(
      ({ model }) => model.id === run.cellId
    );
    if (index !== -1) {
      this.options.activate();
      content.activeCellIndex = index;
      await this.options.commands.execute('notebook:run-cell');
    }
  }

  private disposed = false;
  private kernel: Kernel.IKernelConnection | null = null;
  /** Whether this kernel was asked for its version and repo. */
  private compared = false;
  /** What was offered in this notebook and has not been done. */
  private readonly offered = new Set<Ailment>();
  private readonly runs = new Map<string, IRun>();
}

function serverFacts(state: INodeStatus['state']): Partial<IKernelFacts> {
  return state.kind === 'answered'
    ? { version: asVersion(state.status.version), repo: state.status.repo }
    : {};
}

/** Ask a kernel for what may differ from the server's; nothing of it is shown or kept. */
async function askKernel(
  kernel: Kernel.IKernelConnection
): Promise<Partial<IKernelFacts>> {
  const reply = await kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    user_expressions: { ...FACTS }
  }).done;
  return reply.content.status === 'ok'
    ? readFacts(reply.content.user_expressions)
    : {};
}

/**
 * Run a line that somebody has agreed to.
 *
 * @returns What went wrong, or `null`.
 */
async function runCode(
  kernel: Kernel.IKernelConnection,
  code: string
): Promise<string | null> {
  const future = kernel.requestExecute({ code, store_history: false });
  let lastLine = '';
  future.onIOPub = msg => {
    if (msg.header.msg_type === 'stream') {
      const { text } = msg.content as KernelMessage.IStreamMsg['content'];
      // `%pip` tells of its failure by words alone.
      lastLine =
        text
          .split('\n')
          .filter(line => line.startsWith('ERROR'))
          .pop() ?? lastLine;
    }
  };
  const { content } = await future.done;
  if (content.status === 'error') {
    return content.evalue;
  }
  return lastLine === '' ? null : lastLine;
}

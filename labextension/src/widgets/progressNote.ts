import { Notification } from '@jupyterlab/apputils';

/** What ends sooner is told once, by its end. */
const DELAY_MS = 400;

/** JupyterLab loses a change of a message that it is just about to show. */
const SETTLE_MS = 1000;

/**
 * A notification of something that takes its time: that it goes on, and then how it ended.
 */
export class ProgressNote {
  /**
   * @param message - That it goes on.
   */
  constructor(message: string) {
    this.timer = setTimeout(() => {
      this.id = Notification.emit(message, 'in-progress', { autoClose: false });
      this.settled = new Promise(resolve => setTimeout(resolve, SETTLE_MS));
    }, DELAY_MS);
  }

  /** Tell how it ended. */
  async end(
    type: Notification.TypeOptions,
    message: string,
    options: Pick<Notification.IOptions<string>, 'autoClose' | 'actions'>
  ): Promise<void> {
    clearTimeout(this.timer);
    await this.settled;
    if (this.id === null) {
      this.id = Notification.emit(message, type, options);
    } else {
      Notification.update({ id: this.id, type, message, ...options });
    }
  }

  /** It is of no use any longer. */
  async drop(): Promise<void> {
    clearTimeout(this.timer);
    await this.settled;
    if (this.id !== null) {
      Notification.dismiss(this.id);
    }
  }

  private id: string | null = null;
  private settled: Promise<void> = Promise.resolve();
  private readonly timer: ReturnType<typeof setTimeout>;
}

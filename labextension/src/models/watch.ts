import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { openWatch, parseServerEvent } from '../api/watch';
import type { IServerEvents, JobProgress } from '../tokens';

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

/**
 * Keeps one WebSocket open while somebody holds it, and opens it again when it breaks.
 */
export class ServerEvents implements IServerEvents {
  /**
   * @param settings - The connection to the Jupyter server.
   */
  constructor(private readonly settings: ServerConnection.ISettings) {}

  get jobChanged(): ISignal<IServerEvents, JobProgress> {
    return this.jobChangedSignal;
  }

  get repoChanged(): ISignal<IServerEvents, void> {
    return this.repoChangedSignal;
  }

  get configChanged(): ISignal<IServerEvents, void> {
    return this.configChangedSignal;
  }

  get requestsChanged(): ISignal<IServerEvents, void> {
    return this.requestsChangedSignal;
  }

  get walletChanged(): ISignal<IServerEvents, void> {
    return this.walletChangedSignal;
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  hold(): IDisposable {
    this.holders += 1;
    if (this.holders === 1) {
      this.open();
    }
    return new DisposableDelegate(() => {
      this.holders -= 1;
      if (this.holders === 0) {
        this.close();
      }
    });
  }

  private open(): void {
    const socket = openWatch(this.settings);
    this.socket = socket;
    socket.onopen = () => {
      this.delay = FIRST_DELAY_MS;
      if (this.missed) {
        // What happened in between was not heard.
        this.missed = false;
        this.repoChangedSignal.emit();
        this.configChangedSignal.emit();
        this.walletChangedSignal.emit();
      }
      // Somebody may wait for an answer since before there was a page.
      this.requestsChangedSignal.emit();
    };
    socket.onmessage = message => this.receive(message.data);
    socket.onclose = () => {
      this.socket = null;
      this.missed = true;
      this.timer = setTimeout(() => this.open(), this.delay);
      this.delay = Math.min(this.delay * 2, MAX_DELAY_MS);
    };
  }

  private close(): void {
    clearTimeout(this.timer);
    this.delay = FIRST_DELAY_MS;
    // Whoever holds it next looks for itself at first.
    this.missed = false;
    const { socket } = this;
    this.socket = null;
    if (socket !== null) {
      socket.onclose = null;
      socket.onmessage = null;
      // Browsers complain of one that is closed before it is open.
      socket.onopen = () => socket.close();
      if (socket.readyState !== socket.CONNECTING) {
        socket.close();
      }
    }
  }

  private receive(data: unknown): void {
    const event = parseServerEvent(data);
    switch (event?.type) {
      case 'job':
        this.jobChangedSignal.emit(event);
        break;
      case 'changed':
        this.repoChangedSignal.emit();
        break;
      case 'config':
        this.configChangedSignal.emit();
        break;
      case 'request':
        this.requestsChangedSignal.emit();
        break;
      case 'wallet':
        this.walletChangedSignal.emit();
        break;
    }
  }

  private readonly jobChangedSignal = new Signal<this, JobProgress>(this);
  private readonly repoChangedSignal = new Signal<this, void>(this);
  private readonly configChangedSignal = new Signal<this, void>(this);
  private readonly requestsChangedSignal = new Signal<this, void>(this);
  private readonly walletChangedSignal = new Signal<this, void>(this);
  private holders = 0;
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private delay = FIRST_DELAY_MS;
  private missed = false;
}

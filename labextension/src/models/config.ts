import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IConfig, IConfigChange } from '../api/config';
import { getConfig, putConfig } from '../api/config';

/**
 * The settings of the node, asked for when somebody looks.
 */
export class ConfigModel {
  /**
   * @param settings - The connection to the Jupyter server.
   */
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** The newest answer; `null` before it, or if there is none. */
  get config(): IConfig | null {
    return this.current;
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Ask again; never rejects. */
  async refresh(): Promise<void> {
    try {
      this.current = await getConfig(this.settings);
    } catch {
      // The status says what is wrong with the server.
      this.current = null;
    }
    this.changedSignal.emit();
  }

  /**
   * Change settings.
   *
   * @throws APIError if the server refuses.
   */
  async change(change: IConfigChange): Promise<void> {
    this.current = await putConfig(change, this.settings);
    this.changedSignal.emit();
  }

  private current: IConfig | null = null;
  private readonly changedSignal = new Signal<this, void>(this);
}

/**
 * Why a setting cannot be changed here: who has set it, or `null` if it can.
 */
export function whoSet(
  config: IConfig,
  key: string
): 'administrator' | 'environment' | null {
  if (config.locked.includes(key)) {
    return 'administrator';
  }
  return config.origin[key] === 'environment' ? 'environment' : null;
}

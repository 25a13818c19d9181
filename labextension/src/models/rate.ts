/** How far back the rate looks: long enough to be calm, short enough to be true. */
const WINDOW_MS = 5000;

/**
 * How fast something goes: bytes per second over the last seconds.
 */
export class Rate {
  /**
   * Note how far it has come.
   *
   * @param size - Bytes so far; if it fell, counting starts anew.
   * @param now - Milliseconds of any clock that does not go back.
   */
  add(size: number, now: number): void {
    if (this.samples.some(sample => sample.size > size)) {
      this.samples = [];
    }
    this.samples.push({ size, now });
    while (this.samples.length > 2 && now - this.samples[1].now > WINDOW_MS) {
      this.samples.shift();
    }
  }

  /** Bytes per second, or `null` while nobody can tell. */
  get perSecond(): number | null {
    if (this.samples.length < 2) {
      return null;
    }
    const first = this.samples[0];
    const last = this.samples[this.samples.length - 1];
    if (last.now <= first.now) {
      return null;
    }
    return ((last.size - first.size) * 1000) / (last.now - first.now);
  }

  private samples: { readonly size: number; readonly now: number }[] = [];
}

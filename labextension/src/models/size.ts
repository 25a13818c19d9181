const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A number of bytes as people read it: the unit, and the figure before it. */
export interface IHumanSize {
  readonly figure: string;
  readonly unit: (typeof UNITS)[number] | 'B';
}

/**
 * Express a number of bytes in powers of 1000 with three digits, as the magics do.
 */
export function humanSize(bytes: number): IHumanSize {
  if (bytes < 1000) {
    return { figure: String(bytes), unit: 'B' };
  }
  let value = bytes / 1000;
  let unit = 0;
  // What would round to 1000 is said in the next unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return { figure: String(Number(value.toPrecision(3))), unit: UNITS[unit] };
}

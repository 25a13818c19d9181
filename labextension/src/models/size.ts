const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A number of bytes as people read it: the unit, and the figure before it. */
export interface IHumanSize {
  readonly figure: string;
  readonly unit: (typeof UNITS)[number] | 'B';
}

/**
 * Express a number of bytes in the unit that leaves one to four digits.
 */
export function humanSize(bytes: number): IHumanSize {
  if (bytes < 1024) {
    return { figure: String(bytes), unit: 'B' };
  }
  let value = bytes;
  let unit = -1;
  // 1023.95 would be printed as 1024.0: the next unit says it better.
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return { figure: value.toFixed(1), unit: UNITS[unit] };
}

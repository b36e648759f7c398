/** `71.3 %` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A difference of shares, as `2.0 points`. */
export function points(share: number): string {
  return `${(share * 100).toFixed(1)} points`;
}

/** A power of ten as people read it: `19.9`, or `10^6.2` from a thousand on. Rounded down, never up to a threshold. */
export function wealthInWords(log10: number): string {
  const down = (value: number) => (Math.floor(value * 10) / 10).toFixed(1);
  return log10 < 3 ? down(10 ** log10) : `10^${down(log10)}`;
}

import type { Evaluation } from '../core/report.ts';

/** How the command line writes figures; one place, so that all commands write them alike. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function money(usd: number): string {
  return `$${usd >= 1 ? usd.toFixed(2) : usd.toFixed(4)}`;
}

export function percent(share: number | null): string {
  return share === null ? '—' : `${(share * 100).toFixed(1)} %`;
}

/** `71.3 % (63.0–78.9)`: the win rate, and its 95 % confidence interval. */
export function winRate({ winRate, low, high }: Pick<Evaluation, 'winRate' | 'low' | 'high'>): string {
  return `${percent(winRate)} (${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)})`;
}

/** `2026-11-25 16:29`, from ISO 8601; UTC as in the store. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

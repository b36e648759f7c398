/** How numbers and times read in the page. A unit never leaves its number: the space between them does not break. */
export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)}\u00a0%`;
}

export function percentOrDash(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : percent(share, 1);
}

/** Two shares with as many digits as it takes to tell them apart, one at most. */
export function percentPair(from: number, to: number): readonly [string, string] {
  const digits = from !== to && percent(from) === percent(to) ? 1 : 0;
  return [percent(from, digits), percent(to, digits)];
}

/** The change of a share in percentage points, with its sign. */
export function pointsBetween(from: number, to: number): string {
  const digits = Math.abs(to - from) < 0.02 ? 1 : 0;
  const size = (Math.abs(to - from) * 100).toFixed(digits);
  const sign = Number(size) === 0 ? '±' : to > from ? '+' : '−';
  return `${sign}${size}\u00a0points`;
}

export function count(amount: number): string {
  return amount.toFixed(0).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 round`, `4 rounds`. */
export function counted(amount: number, noun: string): string {
  return `${count(amount)}\u00a0${noun}${amount === 1 ? '' : 's'}`;
}

/** Cents matter little above one dollar and are all there is below one. */
export function usd(amount: number): string {
  if (amount > 0 && amount < 0.0001) return '<\u00a0USD\u00a00.0001';
  const [whole = '0', cents = '00'] = amount.toFixed(amount > 0 && amount < 1 ? 4 : 2).split('.');
  return `USD\u00a0${count(Number(whole))}.${cents}`;
}

/** `2026-03-02 03:00 UTC`; what is no time stays as it is. */
export function moment(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(startedAt: string, finishedAt: string): string {
  const seconds = Math.round((new Date(finishedAt).getTime() - new Date(startedAt).getTime()) / 1000);
  if (!(seconds >= 0)) return '–';
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0min ${seconds % 60}\u00a0s`;
  return `${Math.floor(seconds / 3600)}\u00a0h ${Math.floor((seconds % 3600) / 60)}\u00a0min`;
}

/** A reason as people write it: `order-conflict` → `order conflict`. */
export function reasonInWords(reason: string): string {
  return reason.replaceAll(/(?<=[a-z])-(?=[a-z])/g, ' ');
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A tick of a log scale: small ones whole, the others as `10¹²`. */
export function powerOfTen(log10: number): string {
  if (log10 >= -2 && log10 < 3) return Number((10 ** log10).toPrecision(2)).toString();
  const digits = [...Math.abs(Math.round(log10)).toString()].map((digit) => superscripts[Number(digit)]).join('');
  return `10${log10 < 0 ? '⁻' : ''}${digits}`;
}

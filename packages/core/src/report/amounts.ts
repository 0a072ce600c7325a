import { formatDuration } from '../config/duration';

/** Numbers as narrow tables show them. What is not known is a dash, never 0. */
export const unknown = '–';

type Amount = number | null | undefined;
const shown = (amount: Amount, format: (known: number) => string): string =>
  amount === null || amount === undefined || !Number.isFinite(amount) ? unknown : format(amount);

/** `8.2`, `120`, `12.0s`: milliseconds unless it says otherwise. */
export const shortMs = (amount: Amount): string =>
  shown(amount, (ms) => (ms >= 9_999.5 ? `${(ms / 1000).toFixed(1)}s` : ms.toFixed(ms < 9.95 ? 1 : 0)));

/** A share as `0.05 %`, `12.0 %`, `100 %`. A share that is not 0 never reads as 0, one below 1 never as 100. */
export const percent = (amount: Amount): string =>
  shown(amount, (share) => {
    const value = share * 100;
    if (value > 0 && value < 0.005) return '<0.01 %';
    if (value < 100 && value >= 99.95) return '99.9 %';
    return `${value.toFixed(value === 100 ? 0 : value < 9.995 ? 2 : 1)} %`;
  });

/** `0.4`, `38.2`, `1234` a second. */
export const perSecond = (amount: Amount): string => shown(amount, (rate) => rate.toFixed(rate < 999.95 ? 1 : 0));

/** `812B`, `47K`, `61M`, `1.2G` */
export const bytes = (amount: Amount): string =>
  shown(amount, (size) => {
    if (size >= 1024 ** 3) return `${(size / 1024 ** 3).toFixed(1)}G`;
    if (size >= 1024 ** 2) return `${Math.round(size / 1024 ** 2)}M`;
    return size >= 1024 ? `${Math.round(size / 1024)}K` : `${Math.round(size)}B`;
  });

export const whole = (amount: Amount): string => shown(amount, (value) => String(Math.round(value)));

/** Hours beyond a day, as plans are configured and estimated: `24h`, `30h40m`; shorter times like any duration. */
export const inHours = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 24 * 60) return formatDuration(ms);
  return `${Math.floor(minutes / 60)}h${minutes % 60 ? `${minutes % 60}m` : ''}`;
};

/** `1,234` */
export const count = (amount: Amount): string =>
  shown(amount, (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ','));

/** `1 request`, `412 requests` */
export const counted = (amount: number, noun: string): string => `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`;

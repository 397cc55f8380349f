// Times as a colleague would say them. `now` and the time zone are always arguments.
import { locale, t } from './words.svelte';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${zone} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone })));
  return made;
}

/** The calendar day in that zone, as a number that rises by one a day. */
function dayOf(at: number, zone: string): number {
  const parts = format(zone, { year: 'numeric', month: 'numeric', day: 'numeric', calendar: 'iso8601' });
  const get = (type: string): number =>
    Number(
      parts
        .formatToParts(at)
        .find((part) => part.type === type)
        ?.value.replace(/\D/g, ''),
    );
  return Math.floor(Date.UTC(get('year'), get('month') - 1, get('day')) / DAY);
}

/** For a row: 9:42 today, 昨日, 11月3日 this year, else the whole date. */
export function shortTime(iso: string, now: number, zone: string): string {
  const at = Date.parse(iso);
  const days = dayOf(now, zone) - dayOf(at, zone);
  if (days === 0) return format(zone, { hour: 'numeric', minute: '2-digit' }).format(at);
  if (days === 1) return t('date.yesterday');
  const thisYear = new Date(at).getUTCFullYear() === new Date(now).getUTCFullYear();
  if (thisYear) return format(zone, { month: 'short', day: 'numeric' }).format(at);
  return format(zone, { year: 'numeric', month: 'numeric', day: 'numeric' }).format(at);
}

/** For a message: 11月21日(土) 9:42, with the year where it is another. */
export function longTime(iso: string, now: number, zone: string): string {
  const at = Date.parse(iso);
  const year = new Date(at).getUTCFullYear() === new Date(now).getUTCFullYear() ? {} : { year: 'numeric' as const };
  return format(zone, {
    ...year,
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: '2-digit',
  }).format(at);
}

/** To the second, for facts. */
export function exactTime(iso: string, zone: string): string {
  return format(zone, { dateStyle: 'medium', timeStyle: 'long' }).format(Date.parse(iso));
}

/** A length of time in one unit: 38分, 5時間, from a day and a half on 2日. Never below one minute. */
export function span(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  if (length < HOUR) return t('date.minutes', { n: Math.max(1, Math.round(length / MINUTE)) });
  if (length < 36 * HOUR) return t('date.hours', { n: Math.round(length / HOUR) });
  return t('date.days', { n: Math.round(length / DAY) });
}

/** What a deadline means now: how loud, and in words. Null while it is more than two days away. */
export function deadline(iso: string | null, now: number): { late: boolean; soon: boolean; text: string } | null {
  if (!iso) return null;
  const left = Date.parse(iso) - now;
  if (left > 2 * DAY) return null;
  if (left <= 0) return { late: true, soon: true, text: t('due.late', { time: span(left) }) };
  return { late: false, soon: left <= HOUR, text: t('due.left', { time: span(left) }) };
}

/** 1:04 — what is left until `iso`, for a countdown; never negative. */
export function countdown(iso: string, now: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(iso) - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

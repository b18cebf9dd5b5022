// Dates and times as people say them, always in the school's zone, whatever the tablet's own is.
//
// "09:41" today, "Tue 24 Nov 09:41" in this school year, with the year before it. A time that the
// tablet could not know exactly says between which two it lies, and what the tablet said.

import type { Moment } from '../app/contract';
import { locale, say } from './say';

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: string;
  readonly monthName: string;
  readonly time: string;
}

interface Formats {
  readonly numbers: Intl.DateTimeFormat;
  readonly names: Intl.DateTimeFormat;
}

// Making a format is slow and using one is not: a list of visits makes one.
const formats = new Map<string, Formats>();

function formatsOf(zone: string): Formats {
  let found = formats.get(zone);
  if (!found) {
    found = {
      numbers: new Intl.DateTimeFormat(locale, {
        timeZone: zone,
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
      names: new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: 'short', month: 'short' }),
    };
    formats.set(zone, found);
  }
  return found;
}

function partsOf(ms: number, zone: string): Parts {
  const { numbers, names } = formatsOf(zone);
  const found = new Map<string, string>();
  for (const part of numbers.formatToParts(ms)) found.set(part.type, part.value);
  const named = new Map<string, string>();
  for (const part of names.formatToParts(ms)) named.set(part.type, part.value);
  return {
    year: Number(found.get('year')),
    month: Number(found.get('month')),
    day: Number(found.get('day')),
    weekday: named.get('weekday') ?? '',
    monthName: named.get('month') ?? '',
    time: `${found.get('hour')}:${found.get('minute')}`,
  };
}

// School years begin in September (the first calendar year of 2026-27 is 2026).
function schoolYear(parts: Parts): number {
  return parts.month >= 9 ? parts.year : parts.year - 1;
}

// "09:41".
export function time(ms: number, zone: string): string {
  return partsOf(ms, zone).time;
}

// "Tue 24 Nov"; in another school year than `nowMs`: "Tue 24 Nov 2025".
export function date(ms: number, zone: string, nowMs: number): string {
  const at = partsOf(ms, zone);
  const words = `${at.weekday} ${at.day} ${at.monthName}`;
  return schoolYear(at) === schoolYear(partsOf(nowMs, zone)) ? words : `${words} ${at.year}`;
}

export function sameDay(a: number, b: number, zone: string): boolean {
  const one = partsOf(a, zone);
  const other = partsOf(b, zone);
  return one.year === other.year && one.month === other.month && one.day === other.day;
}

// "09:41" on the day of `nowMs`, else "Tue 24 Nov 09:41".
export function dateTime(ms: number, zone: string, nowMs: number): string {
  return sameDay(ms, nowMs, zone) ? time(ms, zone) : `${date(ms, zone, nowMs)} ${time(ms, zone)}`;
}

// A moment; an uncertain one in its own words.
export function moment(at: Moment, zone: string, nowMs: number): string {
  if (at.kind === 'at') return dateTime(at.ms, zone, nowMs);
  const short = (ms: number) => `${partsOf(ms, zone).weekday} ${partsOf(ms, zone).time}`;
  return say('when.between', {
    from: short(at.fromMs),
    to: short(at.toMs),
    said: short(at.saidMs),
  });
}

// The best single number of a moment, for sorting and for dates of sentences.
export function millis(at: Moment): number {
  return at.kind === 'at' ? at.ms : at.saidMs;
}

// "2026-11-24", for <input type="date">.
export function dayField(ms: number, zone: string): string {
  const at = partsOf(ms, zone);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.year}-${two(at.month)}-${two(at.day)}`;
}

// The moment at which the zone's clocks show that date and time ("2026-11-24", "09:00").
export function atZone(day: string, clock: string, zone: string): number {
  const asUtc = Date.parse(`${day}T${clock}:00Z`);
  let guess = asUtc;
  // Two rounds settle every offset, except inside the hour that a change of clocks leaves out.
  for (let round = 0; round < 2; round += 1) {
    const shown = Date.parse(`${dayField(guess, zone)}T${time(guess, zone)}:00Z`);
    guess += asUtc - shown;
  }
  return guess;
}

// A length of time in its largest sensible unit: "12 minutes", "3 hours", "5 days".
export function lengthWords(minutes: number): string {
  const n = Math.abs(minutes);
  if (n < 120) return say('common.minutesLong', { n });
  if (n < 48 * 60) return say('common.hoursLong', { n: Math.round(n / 60) });
  return say('common.daysLong', { n: Math.round(n / (24 * 60)) });
}

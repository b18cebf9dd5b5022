// The school's half-terms, as its calendar has them, and which one a page means.
import type { Directory } from '../../model/directory';
import type { HalfTerm } from '../contract';

const dayMs = 86_400_000;

export const h2Of = (firstYear: number, number: number): number => (firstYear - 2000) * 8 + number;

// Oldest first.
export function halfTermsOf(directory: Directory): HalfTerm[] {
  const all: HalfTerm[] = [];
  for (const year of directory.calendar?.years ?? []) {
    for (const { number, startDay, endDay } of year.halfTerms) {
      all.push({
        h2: h2Of(year.firstYear, number),
        number,
        firstYear: year.firstYear,
        fromMs: startDay * dayMs,
        toMs: endDay * dayMs,
      });
    }
  }
  return all.sort((a, b) => a.h2 - b.h2);
}

// A half-term by its number alone, for whoever holds no calendar: it has no days.
export const halfTermOfNumber = (h2: number): HalfTerm => ({
  h2,
  number: h2 % 8,
  firstYear: 2000 + Math.floor(h2 / 8),
  fromMs: 0,
  toMs: 0,
});

// The half-term before or after by number alone.
export const stepFrom = (h2: number, by: 1 | -1): number => {
  const number = (h2 % 8) + by;
  if (number >= 1 && number <= 6) return h2 + by;
  return by === 1 ? h2 - (h2 % 8) + 8 + 1 : h2 - (h2 % 8) - 8 + 6;
};

// The last half-term that is over. 0: none that this tablet knows; the server then takes the last one that
// is frozen.
export const lastOver = (all: readonly HalfTerm[], nowMs: number): number =>
  all.findLast(({ toMs }) => toMs + dayMs <= nowMs)?.h2 ?? 0;

// The half-term asked for; 0: the one of today, in a holiday the one before, and before all of them
// the first. Null: the school has no such half-term.
export function halfTermFor(all: readonly HalfTerm[], h2: number, nowMs: number): HalfTerm | null {
  if (h2 !== 0) return all.find((one) => one.h2 === h2) ?? null;
  return all.findLast((one) => one.fromMs <= nowMs) ?? all[0] ?? null;
}

// The last six up to that one, oldest first.
export function lastSix(all: readonly HalfTerm[], last: HalfTerm): HalfTerm[] {
  return all.filter((one) => one.h2 <= last.h2).slice(-6);
}

// School days from today on to the half-term's last day; 0 when it is over.
export function schoolDaysLeft(directory: Directory, halfTerm: HalfTerm, nowMs: number): number {
  let days = 0;
  const first = Math.max(Math.floor(nowMs / dayMs), halfTerm.fromMs / dayMs);
  for (let day = first; day <= halfTerm.toMs / dayMs; ++day) {
    if (directory.isSchoolDay(day)) days += 1;
  }
  return days;
}

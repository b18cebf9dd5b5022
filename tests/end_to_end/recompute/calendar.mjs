// Days and half-terms, worked out by the language's own time zones and not by the server's.

const DAY_MS = 86_400_000;
const formats = new Map();

// Days since 1970-01-01 of a moment, in a zone.
export function dayOf(ms, zone) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }));
  }
  return dayOfDate(formats.get(zone).format(new Date(ms)));
}

// Of "2026-09-14".
export function dayOfDate(text) {
  const [year, month, day] = text.split('-').map(Number);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

// The first moment of a day in a zone.
export function startOfDay(day, zone) {
  for (let hour = -14; hour <= 14; hour++) {
    const ms = day * DAY_MS + hour * 3_600_000;
    if (dayOf(ms, zone) === day) return ms;
  }
  throw new Error(`no such day: ${day}`);
}

// terms: [{ h2, from, to }] in days, ascending. In a holiday the one before; 0 before the first.
export function halfTermOf(terms, day) {
  let found = 0;
  for (const term of terms) if (day >= term.from) found = term.h2;
  return found;
}

// Monday to Friday; the schools of these workloads close on no other day unless `closed` says so.
export function schoolDays(from, to, closed = []) {
  const days = [];
  for (let day = from; day <= to; day++) {
    if ((day + 3) % 7 < 5 && !closed.includes(day)) days.push(day);
  }
  return days;
}

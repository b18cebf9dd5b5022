// Each message parses and can be said; dates read as the school's zone says.

import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { areas, enGB, type MessageKey } from './en-gb';
import { list, say } from './say';
import { atZone, date, dateTime, dayField, lengthWords, moment } from './when';

describe('the words', () => {
  it('parse, each of them', () => {
    for (const [key, words] of Object.entries(enGB)) {
      expect(() => new IntlMessageFormat(words, 'en-GB'), key).not.toThrow();
      expect(words.trim(), key).toBe(words);
    }
  });

  it('are gathered from every area, each key of one area', () => {
    const files = import.meta.glob('./en-gb/*.ts');
    expect(Object.keys(files)).toHaveLength(areas.length);
    const keys = areas.flatMap((area) => Object.keys(area));
    expect(keys).toHaveLength(new Set(keys).size);
    expect(keys).toHaveLength(Object.keys(enGB).length);
  });

  it('never use the system’s words for what a person did', () => {
    const banned = /\b(sync|synced|merge|merged|conflict|failed|weak|at risk|non-compliant)\b/i;
    for (const [key, words] of Object.entries(enGB)) expect(words, key).not.toMatch(banned);
  });

  it('count as people do', () => {
    expect(say('waiting.changes', { n: 1 })).toBe('1 change');
    expect(say('header.colleagues', { n: 2, days: 3 })).toBe(
      '2 colleagues have unsent work on this tablet (oldest 3 days)',
    );
    expect(say('newVisit.over', { n: 4, teacher: 'Ms Kaur' })).toBe(
      'This would be a fourth. Say why; Ms Kaur sees the reason.',
    );
    expect(list(['a', 'b', 'c'])).toBe('a, b and c');
  });

  it('ask for every value that they need', () => {
    const key: MessageKey = 'state.shared.long';
    expect(() => say(key)).toThrow();
  });
});

describe('dates and times', () => {
  const zone = 'Europe/London';
  const now = Date.UTC(2026, 10, 24, 9, 41);

  it('say the hour today, the day in this school year, the year before it', () => {
    expect(dateTime(now, zone, now)).toBe('09:41');
    expect(dateTime(now - 86_400_000, zone, now)).toBe('Mon 23 Nov 09:41');
    expect(date(Date.UTC(2026, 5, 24, 12), zone, now)).toBe('Wed 24 Jun 2026');
    expect(date(Date.UTC(2027, 5, 24, 12), zone, now)).toBe('Thu 24 Jun');
  });

  it('are the school’s, not the tablet’s', () => {
    expect(dateTime(Date.UTC(2026, 6, 1, 23, 30), zone, Date.UTC(2026, 6, 2, 8))).toBe('00:30');
    expect(dateTime(now, 'Pacific/Auckland', now)).toBe('22:41');
  });

  it('say what is not known exactly', () => {
    expect(
      moment(
        {
          kind: 'between',
          fromMs: Date.UTC(2026, 10, 23, 8, 31),
          toMs: Date.UTC(2026, 10, 26, 16, 2),
          saidMs: Date.UTC(2026, 10, 25, 11, 5),
        },
        zone,
        now,
      ),
    ).toBe('between Mon 08:31 and Thu 16:02; the tablet said Wed 11:05');
  });

  it('say a length in the unit that people would use', () => {
    expect([12, -90, 300, 7200].map(lengthWords)).toEqual([
      '12 minutes',
      '90 minutes',
      '5 hours',
      '5 days',
    ]);
  });

  it('come back from the fields of a form, in summer and in winter', () => {
    for (const ms of [Date.UTC(2026, 10, 24, 9, 5), Date.UTC(2026, 5, 24, 9, 5)]) {
      const clock = dateTime(ms, zone, ms);
      expect(atZone(dayField(ms, zone), clock, zone)).toBe(ms);
    }
  });
});

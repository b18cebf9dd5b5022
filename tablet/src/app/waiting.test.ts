// From when on a tablet says that the oldest unsent work has waited long, by a calendar of the test's.
import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { CalendarSchema } from '#proto/directory_pb';
import { Directory } from '../model/directory';
import { isOld } from './waiting';

const dayMs = 86_400_000;
const day = (month: number, date: number) => Date.UTC(2026, month - 1, date) / dayMs;
const at = (month: number, date: number, hour: number) => Date.UTC(2026, month - 1, date, hour);

const directory = new Directory();
directory.calendar = create(CalendarSchema, {
  years: [
    {
      firstYear: 2026,
      halfTerms: [
        { number: 1, startDay: day(9, 2), endDay: day(10, 23), closedDays: [day(9, 30)] },
        { number: 2, startDay: day(11, 2), endDay: day(12, 18) },
      ],
    },
  ],
});

test.each([
  ['Monday’s work on Monday', at(11, 9, 9), at(11, 9, 16), false],
  ['Monday’s work on Thursday, the third school day', at(11, 9, 9), at(11, 12, 16), false],
  ['Monday’s work on Friday', at(11, 9, 9), at(11, 13, 8), true],
  ['Friday’s work on Wednesday: the weekend is not counted', at(11, 6, 9), at(11, 11, 16), false],
  ['Friday’s work on Thursday', at(11, 6, 9), at(11, 12, 8), true],
  ['Monday’s work on Friday of a week with a staff day', at(9, 28, 9), at(10, 2, 16), false],
  ['the last day’s work after six days of holiday', at(10, 23, 9), at(10, 29, 8), false],
  ['the last day’s work after a week of holiday', at(10, 23, 9), at(10, 30, 9), true],
])('%s', (_, sinceMs, nowMs, old) => {
  expect(isOld(directory, sinceMs, nowMs)).toBe(old);
});

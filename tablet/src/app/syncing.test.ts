// Shows when the tablet tries again, which PINs it takes, and which texts it puts together.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitMs } from '../transport/calls';
import { mergedText } from './merged-text';
import { isTooSimple, pinTries, waitAfter } from './pin';
import { idle, next, type SyncState } from './syncing';

test('a wish during a meeting is met after it, and none is forgotten', () => {
  let state: SyncState = next(idle, { kind: 'wanted' });
  state = next(state, { kind: 'wanted' });
  expect(state).toEqual({ kind: 'meeting', failures: 0, again: true });
  state = next(state, { kind: 'met' });
  expect(state.kind).toBe('meeting');
  expect(next(state, { kind: 'met' })).toEqual(idle);
});

test('a failure waits at least as long as the server asks, and a person does not wait', () => {
  const meeting = next(idle, { kind: 'wanted' });
  const waiting = next(meeting, { kind: 'failed', nowMs: 1000, waitMs: 50, pushbackMs: 700 });
  expect(waiting).toEqual({ kind: 'waiting', failures: 1, retryAtMs: 1700 });
  expect(next(waiting, { kind: 'due', nowMs: 1699 })).toBe(waiting);
  expect(next(waiting, { kind: 'due', nowMs: 1700 }).kind).toBe('meeting');
  expect(next(waiting, { kind: 'wanted' }).kind).toBe('meeting');
});

test('waits are spread over all of their time and never pass five minutes', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.double({ min: 0, max: 1, noNaN: true }), (failures, jitter) => {
      const wait = waitMs(failures, jitter);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(300_000);
    }),
  );
  expect(waitMs(3, 0)).toBe(0);
  expect(waitMs(3, 1)).toBe(8000);
});

test('a PIN is neither one digit six times nor a run', () => {
  for (const pin of ['111111', '123456', '654321', '000000']) expect(isTooSimple(pin)).toBe(true);
  for (const pin of ['112233', '271828', '123457']) expect(isTooSimple(pin)).toBe(false);
});

test('wrong PINs wait longer each time, from the fifth on', () => {
  expect([1, 4].map(waitAfter)).toEqual([0, 0]);
  const waits = [5, 6, 7, 8, 9].map(waitAfter);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(pinTries).toBe(10);
});

test.each([
  [
    'an addition at the end',
    'Quiet start.',
    'Quiet start. Two hands up.',
    'Quiet start. Two hands up.',
  ],
  ['additions in two places', 'A calm start today.', 'A start today, and on.', null],
  ['one addition each', 'We saw pupils talk.', 'Today we saw pupils talk.', null],
  ['other words in one place', 'Pupils were rarely engaged.', 'Pupils were fully engaged.', null],
])('texts: %s', (_, a, b, expected) => {
  const merged = mergedText(a, b);
  if (expected !== null) expect(merged).toBe(expected);
  // Either a text in which every word was written by somebody, or none.
  const words = new Set(`${a} ${b}`.split(/\s+/));
  for (const word of merged?.split(/\s+/) ?? []) expect(words.has(word)).toBe(true);
});

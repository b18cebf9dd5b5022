// What happens on a tablet that nobody touches, and from when, by a clock of the test's.
import { expect, test } from 'vitest';
import type { Settings } from './contract';
import { defaultSettings } from './settings';
import { isLockDue, LastTouch, openByMs } from './unattended';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const used = Date.UTC(2026, 10, 22, 9, 30);
const sheet = `/visits/${'0a'.repeat(16)}`;

test.each([
  ['a sheet', sheet, 5],
  ['a walk-round', '/walk/0a0b', 5],
  ['Today', '/today', 2],
  ['the list of visits', '/visits', 2],
  ['a new visit', '/visits/new', 2],
  ['feedback, which is written at a desk', `${sheet}/feedback`, 2],
])('locks %s when nobody has touched it for so long', (_, path, minutes) => {
  expect(isLockDue(defaultSettings, path, minutes * minuteMs - 1)).toBe(false);
  expect(isLockDue(defaultSettings, path, minutes * minuteMs)).toBe(true);
});

test('locks when the person has chosen', () => {
  const chosen: Settings = { ...defaultSettings, lockVisitMin: 30, lockMin: 1 };
  expect(isLockDue(chosen, sheet, 30 * minuteMs - 1)).toBe(false);
  expect(isLockDue(chosen, '/today', minuteMs)).toBe(true);
});

test('counts down to when the browser may clear, from the fourth day without a touch', () => {
  const browser = { installed: false, persistent: null };
  expect(openByMs(browser, used, used)).toBe(null);
  expect(openByMs(browser, used, used + 4 * dayMs - 1)).toBe(null);
  expect(openByMs(browser, used, used + 4 * dayMs)).toBe(used + 7 * dayMs);
  expect(openByMs(browser, used, used + 9 * dayMs)).toBe(used + 7 * dayMs);
  // It has promised, or the app is on the Home Screen.
  const late = used + 5 * dayMs;
  expect(openByMs({ installed: false, persistent: true }, used, late)).toBe(null);
  expect(openByMs({ installed: true, persistent: false }, used, late)).toBe(null);
  expect(openByMs({ installed: false, persistent: false }, used, late)).not.toBe(null);
});

test('remembers the last touch of an earlier time, and no touch of the future', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  };
  new LastTouch(storage, used - dayMs).touched(used);
  const later = new LastTouch(storage, used + 5 * dayMs);
  expect(later.ms).toBe(used);
  later.touched(used + 5 * dayMs);
  expect(new LastTouch(storage, used + 6 * dayMs).ms).toBe(used + 5 * dayMs);
  // The clock was five days ahead, and is right again.
  expect(new LastTouch(storage, used + dayMs).ms).toBe(used + dayMs);
  expect(new LastTouch(null, used).ms).toBe(used);
});

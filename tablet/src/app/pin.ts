// What a PIN may be, and how often it may be tried. The PIN is checked on the tablet only: a server that
// is not there cannot count.

export const pinTries = 10;
// In the place of the tries: the person signed in after the last of them.
export const choosesAnother = -1;
// From the fifth wrong PIN on, each wait is twice the one before.
const freeTries = 4;
const firstWaitMs = 30_000;

export const isPin = (pin: string): boolean => /^[0-9]{6}$/.test(pin);

// One digit six times, or a run up or down: what somebody who looks on would try first.
export function isTooSimple(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, i) => Number(digit) - Number(pin[i]));
  return [0, 1, -1].some((step) => steps.every((s) => s === step));
}

// After so many wrong ones.
export const waitAfter = (tries: number): number =>
  tries <= freeTries ? 0 : firstWaitMs * 2 ** (tries - freeTries - 1);

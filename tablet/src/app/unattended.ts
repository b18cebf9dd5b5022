// What becomes of a tablet that nobody touches: the screen locks, and after days the browser may clear it.
import type { Settings } from './contract';

const minuteMs = 60_000;
const dayMs = 86_400_000;
// A browser that made no promise clears what it keeps after so long without a touch of the page.
const clearedAfterMs = 7 * dayMs;
const countdownFromMs = 4 * dayMs;

// In a lesson the observer looks up from the tablet for longer: on a sheet, and on a walk-round. `path`:
// of the screen, behind the address's hash.
const inLesson = (path: string): boolean => /^\/(visits\/[0-9a-f-]{32,36}|walk\/.+)$/.test(path);

export function isLockDue(settings: Settings, path: string, untouchedMs: number): boolean {
  const minutes = inLesson(path) ? settings.lockVisitMin : settings.lockMin;
  return untouchedMs >= minutes * minuteMs;
}

// Before when the app should be opened again, from the fourth day without a touch on. Null: not yet, or
// the browser keeps it: it has said so, or the app is on the Home Screen.
export function openByMs(
  { installed, persistent }: { readonly installed: boolean; readonly persistent: boolean | null },
  touchedMs: number,
  nowMs: number,
): number | null {
  if (persistent === true || installed) return null;
  return nowMs - touchedMs >= countdownFromMs ? touchedMs + clearedAfterMs : null;
}

// When the screen was last touched, also before the app was opened this time. It is the tablet's, not a
// person's, and no secret.
const touchedName = 'halfterm-touched';
const notedEachMs = 60 * minuteMs;

export class LastTouch {
  readonly #kept: Pick<globalThis.Storage, 'getItem' | 'setItem'> | null;
  #notedMs: number;
  #ms: number;

  // `kept`: null where the browser keeps nothing.
  constructor(kept: Pick<globalThis.Storage, 'getItem' | 'setItem'> | null, nowMs: number) {
    this.#kept = kept;
    const read = Number(kept?.getItem(touchedName) ?? Number.NaN);
    // A clock that was ahead must not hide that nobody came for days.
    const known = Number.isFinite(read) && read > 0 && read <= nowMs;
    this.#ms = known ? read : nowMs;
    this.#notedMs = known ? read : 0;
  }

  get ms(): number {
    return this.#ms;
  }

  touched(nowMs: number): void {
    this.#ms = nowMs;
    if (Math.abs(nowMs - this.#notedMs) < notedEachMs) return;
    this.#notedMs = nowMs;
    try {
      this.#kept?.setItem(touchedName, String(nowMs));
    } catch {
      // Counted from when the app was opened then.
    }
  }
}

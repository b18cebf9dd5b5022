// How a screen reads the app: the app itself by context, each store as React state, and time.

import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { App, Outcome, Problem, Store } from '../../app/contract';
import { date, dateTime, moment, time } from '../../words/when';

const AppContext = createContext<App | null>(null);
export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp needs an AppProvider around it');
  return app;
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

// The time, renewed every `everyMs`, and when a screen comes back to the front.
export function useNow(everyMs: number): number {
  const app = useApp();
  const [now, setNow] = useState(app.nowMs);
  useEffect(() => {
    const tick = () => setNow(app.nowMs());
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [app, everyMs]);
  return now;
}

// Dates and times in the school's zone.
export function useWhen() {
  const app = useApp();
  const zone = useStore(app.zone);
  const now = useNow(30_000);
  return {
    zone,
    now,
    time: (ms: number) => time(ms, zone),
    date: (ms: number) => date(ms, zone, now),
    dateTime: (ms: number) => dateTime(ms, zone, now),
    moment: (at: Parameters<typeof moment>[0]) => moment(at, zone, now),
  };
}

// A gesture that did not succeed, with the way to try it again.
export interface Trouble {
  readonly problem: Problem;
  readonly again: () => void;
}

type Tell = (trouble: Trouble | null) => void;
const TroubleContext = createContext<Tell>(() => undefined);
export const TroubleProvider = TroubleContext.Provider;

// Runs gestures. A problem is told in one place of the page, and what was typed stays where it is.
export function useGesture() {
  const tell = useContext(TroubleContext);
  return useCallback(
    async function run<T>(gesture: () => Promise<Outcome<T>>): Promise<T | undefined> {
      const outcome = await gesture();
      if (outcome.ok) {
        tell(null);
        return outcome.value;
      }
      tell({ problem: outcome.problem, again: () => void run(gesture) });
      return undefined;
    },
    [tell],
  );
}

// A value for handlers that must not be rebuilt with each render, such as those of the keyboard.
export function useLatest<T>(value: T) {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}

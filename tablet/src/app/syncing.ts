// When this tablet meets the server, and what it says of it.
//
// next() alone changes the state; the sender acts on it, and the header shows it.

export type SyncState =
  | { readonly kind: 'idle' }
  // `again`: something was written while a meeting was under way.
  | { readonly kind: 'meeting'; readonly failures: number; readonly again: boolean }
  | { readonly kind: 'waiting'; readonly failures: number; readonly retryAtMs: number };

export type SyncEvent =
  // Something waits, or the server said that there is news, or a person asked.
  | { readonly kind: 'wanted' }
  | { readonly kind: 'met' }
  // `pushbackMs`: the least wait that the server asked for.
  | {
      readonly kind: 'failed';
      readonly nowMs: number;
      readonly waitMs: number;
      readonly pushbackMs: number;
    }
  | { readonly kind: 'due'; readonly nowMs: number };

export const idle: SyncState = { kind: 'idle' };

export function next(state: SyncState, event: SyncEvent): SyncState {
  switch (event.kind) {
    case 'wanted':
      if (state.kind === 'meeting') return { ...state, again: true };
      // A person who asks does not wait for the timer.
      return {
        kind: 'meeting',
        failures: state.kind === 'waiting' ? state.failures : 0,
        again: false,
      };
    case 'met':
      if (state.kind === 'meeting' && state.again)
        return { kind: 'meeting', failures: 0, again: false };
      return idle;
    case 'failed': {
      const failures = state.kind === 'idle' ? 1 : state.failures + 1;
      return {
        kind: 'waiting',
        failures,
        retryAtMs: event.nowMs + Math.max(event.waitMs, event.pushbackMs),
      };
    }
    case 'due':
      if (state.kind !== 'waiting' || event.nowMs < state.retryAtMs) return state;
      return { kind: 'meeting', failures: state.failures, again: false };
    default:
      return event satisfies never;
  }
}

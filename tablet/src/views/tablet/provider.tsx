// Signing in where the school's people have an account already: off to its page, and back.

import { useEffect, useState } from 'react';
import type { Outcome } from '../../app/contract';
import { say } from '../../words/say';
import { useApp, useGesture, useLatest, useStore } from '../frame/reading';

// `code`: an invitation that links the account, empty until it is whole; not given: it is linked already.
export function ProviderButton({ code }: { readonly code?: string }) {
  const app = useApp();
  const { provider } = useStore(app.tablet);
  const run = useGesture();
  if (provider === '') return null;
  const go = async () => {
    const there = await run(() => app.goToProvider(code ?? ''));
    if (there !== undefined) location.assign(there.url);
  };
  return (
    <div>
      <button type="button" disabled={code === ''} onClick={() => void go()}>
        {say(code === undefined ? 'signIns.provider' : 'signIns.withProvider', { provider })}
      </button>
    </div>
  );
}

export interface CameBack {
  readonly state: string;
  // Empty: the person did not finish there.
  readonly code: string;
}

// What the provider's page puts into the address: taken out of it at once, and used once.
export function cameBack(search: string): CameBack | null {
  const query = new URLSearchParams(search);
  const state = query.get('state') ?? '';
  const code = query.get('code') ?? '';
  return state === '' || (code === '' && !query.has('error')) ? null : { state, code };
}

const stopped = async (): Promise<Outcome> => ({
  ok: false,
  problem: { kind: 'refused', reason: 'providerStopped' },
});

// True while the server is asked who came back.
export function useWayBack(): boolean {
  const app = useApp();
  const run = useGesture();
  const [busy, setBusy] = useState(false);
  const finish = useLatest(async ({ state, code }: CameBack) => {
    setBusy(true);
    await run(() => (code === '' ? stopped() : app.backFromProvider(state, code)));
    setBusy(false);
  });
  useEffect(() => {
    const came = cameBack(location.search);
    if (location.search !== '') history.replaceState(null, '', location.pathname);
    if (came !== null) void finish.current(came);
  }, [finish]);
  return busy;
}

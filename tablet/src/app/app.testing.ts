// The app behind its contract for tests: tablets of one built server, each with a store of its own. For
// tests alone.
import { readFileSync } from 'node:fs';
import { Code, ConnectError } from '@connectrpc/connect';
import { coreSha256 } from '#core/pin';
import { Core } from '../../core/core';
import type { Bytes } from '../model/bytes';
import { TabletDatabase } from '../store/database';
import { type Calls, connect } from '../transport/calls';
import type { Halftermd } from '../transport/halftermd.testing';
import { startApp } from './app';
import type { App, Loaded, Outcome, Store, VisitChoice } from './contract';

const wasm = new Uint8Array(
  readFileSync(new URL('../../.generated/core/core.wasm', import.meta.url)),
);
const core = await Core.load(wasm, coreSha256);
export const pin = '271828';
export const me = (app: App) => app.tablet.get().people[0]?.id ?? '';

export function must<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.problem)}`);
  return outcome.value;
}

export function ready<T>(store: Store<Loaded<T>>): T {
  const loaded = store.get();
  if (loaded.kind !== 'ready') throw new Error(`not ready: ${JSON.stringify(loaded)}`);
  return loaded.value;
}

// Sends what waits. Node keeps connections of a server that was restarted, and finds out at the next
// call; a browser opens another one by itself.
export async function sent(app: App): Promise<void> {
  for (let tries = 0; tries < 3; ++tries) {
    if ((await app.sendNow()).ok) return;
  }
  must(await app.sendNow());
}

// An announced lesson of that teacher's, observed for the department.
export const deptVisit = (teacherId: string): VisitChoice => ({
  kind: 'DEPT',
  teacherId,
  classCode: '9M2',
  room: 'B12',
  announced: true,
  minutes: 30,
  lessonMs: null,
  loadReason: '',
  observerIds: [],
});

// The calls of a tablet that reaches nobody while `isAway` says so: it neither greets nor sends, whenever
// the machine of the test gets round to it.
export function awayWhile(isAway: () => boolean, { sync, ...calls }: Calls): Calls {
  const cut = new Proxy(sync, {
    get: (target, name) =>
      isAway() && (name === 'hello' || name === 'push')
        ? () => Promise.reject(new ConnectError('cut off by the test', Code.Unavailable))
        : Reflect.get(target, name),
  });
  return { ...calls, sync: cut };
}

export class Tablets {
  readonly #server: Halftermd;
  #made = 0;
  // How far ahead the tablets' clocks are of this machine's.
  laterMs = 0;

  constructor(server: Halftermd) {
    this.#server = server;
  }

  async another(calls = connect(this.#server.url)): Promise<App> {
    this.#made += 1;
    const { app } = await startApp({
      core,
      coreSha256,
      database: new TabletDatabase(`tablet-${this.#made}`),
      calls,
      app: 'a test',
      nowMs: () => Date.now() + this.laterMs,
      monoMs: () => performance.now(),
      random: (size) => crypto.getRandomValues(new Uint8Array(size)),
      jitter: () => 1,
      install: async () => false,
      reload: () => {},
      address: () => 'https://halfterm.example/',
    });
    return app;
  }

  // A tablet that this person has joined with an invitation, fetched and ready.
  async joined(person: Bytes, calls?: Calls): Promise<App> {
    const app = await this.another(calls);
    must(await app.enrol((await this.#server.invite(person)).code));
    must(await app.choosePin(me(app), pin));
    await sent(app);
    return app;
  }
}

// One meeting of a person's store with the server: greet, push what waits, pull what is new, and prove
// that both hold the same. It does what the simulated tablets do (tools/replay/tablet.cc).
//
// A meeting may end anywhere, by an error of a call: whatever it did until then stands, and the next
// one goes on from there.
import { ConnectError } from '@connectrpc/connect';
import type { HelloReply, PullEnd, ScopeDigest } from '#proto/sync_pb';
import { type Bytes, copied, hex, unhex } from '../model/bytes';
import { scopeBytes } from '../store/base';
import { sharedSeqOf } from '../store/epochs';
import type { TabletMoment } from '../store/outbox';
import { nextPush, stagePruning, takeGreeting, takePush } from '../store/outbox-meeting';
import type { PersonStore } from '../store/person-store';
import { newestAcked, refills } from '../store/refilling';
import { type SyncCalls, troubleOf, withToken } from './calls';
import { type RecoveryCalls, type RefillProgress, refill } from './recovery';

export interface MeetingOptions {
  readonly calls: SyncCalls;
  readonly recovery: RecoveryCalls;
  readonly device: Bytes;
  readonly app: string;
  readonly now: () => TabletMoment;
  // Half-terms to hold; empty: the server's default.
  readonly periods: readonly number[];
  readonly signal?: AbortSignal;
  // So many of so many changes are sent; records that came.
  readonly onProgress?: (progress: {
    readonly sent: number;
    readonly of: number;
    readonly records: number;
  }) => void;
  // A restored server is given back what this tablet holds.
  readonly onRefill?: (progress: RefillProgress) => void;
}

export interface MeetingReport {
  readonly hello: HelloReply;
  readonly sent: number;
  readonly records: number;
  // The server said that the tablet holds what it should.
  readonly confirmed: boolean;
  readonly healed: number;
}

// 2: hands back what a restored server lacks (recovery.ts).
export const coreVersion = 2;
const healTries = 3;
const fetchRecords = 256;
const meetingTries = 3;
const refillTries = 3;

// What both hold still differs after all tries; nothing is lost, and the next meeting tries again.
export class CopiesDiffer extends Error {}

export async function meet(store: PersonStore, options: MeetingOptions): Promise<MeetingReport> {
  for (let tries = 1; ; ++tries) {
    try {
      const hello = await greet(store, options);
      let sent = await push(store, options, hello);
      const { records, healed, confirmed } = await pull(store, options, hello);
      if ((await store.sealAgain()) > 0) sent += await push(store, options, hello);
      if (confirmed) {
        const shared = sharedSeqOf(hello);
        await store.changeOutbox((staged) =>
          stagePruning(store.outbox, staged, hello.durableSeq, shared),
        );
      }
      return { hello, sent, records, healed, confirmed };
    } catch (error) {
      if (
        tries < meetingTries &&
        error instanceof ConnectError &&
        troubleOf(error) === 'greetAgain'
      )
        continue;
      throw error;
    }
  }
}

export async function greet(store: PersonStore, options: MeetingOptions): Promise<HelloReply> {
  let reply = await greetOnce(store, options);
  // The server counts who is through by the greeting after it; one that was restored again meanwhile
  // asks again.
  for (let tries = 0; refills(store.outbox); ++tries) {
    if (tries >= refillTries)
      throw new CopiesDiffer('the server asks for one refill after another');
    await refill(store, options.recovery, callOptions(store, options), options.onRefill);
    reply = await greetOnce(store, options);
  }
  return reply;
}

async function greetOnce(store: PersonStore, options: MeetingOptions): Promise<HelloReply> {
  await store.seal();
  const { row } = store.outbox;
  const now = options.now();
  const proof = await newestAcked(store.outbox);
  const newest = proof === undefined ? {} : { newestAcked: proof };
  const { replica, sealedN: lastN, sealedHash: lastHash } = row;
  const reply = await options.calls.hello(
    {
      device: options.device,
      stores: [{ replica, lastN, lastHash, ...newest }],
      epoch: row.epoch,
      cursor: store.base.row.cursor,
      app: options.app,
      coreVersion,
      wallMs: BigInt(now.wallMs),
      monoMs: BigInt(now.monoMs),
    },
    callOptions(store, options),
  );
  const answer = reply.stores[0];
  if (answer === undefined) throw new CopiesDiffer('a greeting was answered for no store');
  await store.changeOutbox((staged) => takeGreeting(store.outbox, staged, reply, answer, now));
  const purged = reply.purge.map(hex).filter((record) => store.base.records.has(record));
  if (purged.length > 0) {
    await store.changeBase((staged) => {
      for (const record of purged) staged.records.set(record, null);
    });
  }
  return reply;
}

async function push(
  store: PersonStore,
  options: MeetingOptions,
  hello: HelloReply,
): Promise<number> {
  const of = store.outbox.unsent;
  const maxGroups = Math.min(hello.limits?.pushGroups || 200, 200);
  const maxBytes = hello.limits?.pushBytes || 256 * 1024;
  let sent = 0;
  for (;;) {
    await store.seal();
    const request = nextPush(store.outbox, maxGroups, maxBytes);
    if (request.groups.length === 0) return sent;
    store.sending(request, options.now().wallMs);
    const reply = await options.calls.push(request, callOptions(store, options));
    await store.changeOutbox((staged) => takePush(store.outbox, staged, request, reply));
    sent += reply.results.length;
    options.onProgress?.({ sent, of: Math.max(of, sent), records: 0 });
    if (reply.retryAfterMs > 0) await pause(reply.retryAfterMs, options.signal);
  }
}

async function pull(store: PersonStore, options: MeetingOptions, hello: HelloReply) {
  let records = 0;
  let healed = 0;
  for (let tries = 0; tries < healTries; ++tries) {
    let end: PullEnd | undefined;
    const request = { cursor: store.base.row.cursor, interest: { periods: [...options.periods] } };
    try {
      for await (const chunk of options.calls.pull(request, {
        ...callOptions(store, options),
        timeoutMs: 10 * 60_000,
      })) {
        await store.changeBase((staged) => store.base.stageChunk(staged, chunk, hello.epoch));
        records += chunk.items.length;
        end = chunk.end;
        options.onProgress?.({ sent: 0, of: 0, records });
      }
    } catch (error) {
      // The cursor is of another server or epoch: everything again, from the beginning.
      const trouble = troubleOf(error);
      if (trouble === 'greetAgain' || trouble === 'refused') {
        await store.changeBase((staged) => {
          staged.row.cursor = new Uint8Array(0);
        });
      }
      throw error;
    }
    if (end === undefined) throw new CopiesDiffer('a pull stopped before its end');
    const wrong = await compare(store, options, end);
    healed += wrong;
    if (wrong === 0) return { records, healed, confirmed: await confirm(store, options) };
  }
  throw new CopiesDiffer("the tablet's copy and the server's digests still differ");
}

// Fetches what lies behind digests that differ, and says how many records that were.
async function compare(store: PersonStore, options: MeetingOptions, end: PullEnd): Promise<number> {
  const sums = store.base.sums();
  let wrong = 0;
  for (const digest of end.digests) {
    const held = sums.get(`${hex(scopeBytes(digest.scope))}/${digest.period}`);
    const alike =
      (held?.count ?? 0n) === digest.count &&
      (held === undefined || hex(held.digest) === hex(digest.digest));
    if (!alike) wrong += await heal(store, options, digest);
  }
  return wrong;
}

async function heal(
  store: PersonStore,
  options: MeetingOptions,
  digest: ScopeDigest,
): Promise<number> {
  const { scope, period } = digest;
  if (scope === undefined) return 0;
  const ours = store.base.recordSums(scopeBytes(scope), period);
  const theirs = new Map<string, string>();
  let afterRecord: Uint8Array = new Uint8Array(0);
  for (let more = true; more; ) {
    const page = await options.calls.descend(
      { scope, period, afterRecord },
      callOptions(store, options),
    );
    for (const record of page.records) {
      theirs.set(hex(record.record), hex(record.digest));
      afterRecord = record.record;
    }
    more = page.more && page.records.length > 0;
  }
  const wrong = [...theirs]
    .filter(([record, sum]) => ours.get(record) !== sum)
    .map(([record]) => record);
  for (const record of ours.keys()) if (!theirs.has(record)) wrong.push(record);
  for (let i = 0; i < wrong.length; i += fetchRecords) {
    const asked = wrong.slice(i, i + fetchRecords);
    const reply = await options.calls.fetch(
      { records: asked.map(unhex) },
      callOptions(store, options),
    );
    await store.changeBase((staged) => {
      for (const item of reply.items) store.base.stageItem(staged, item);
    });
  }
  // A sum may differ though every record agrees: what changed in between comes with the next pull.
  return Math.max(1, wrong.length);
}

async function confirm(store: PersonStore, options: MeetingOptions): Promise<boolean> {
  const held = [...store.base.sums().values()].map(({ scope, period, count, digest }) => ({
    scope: { type: scope[0] ?? 0, id: copied(scope.subarray(1)) },
    period,
    count,
    digest,
  }));
  const request = { cursor: store.base.row.cursor, held };
  const reply = await options.calls.confirm(request, callOptions(store, options));
  return reply.right;
}

function callOptions(store: PersonStore, options: MeetingOptions) {
  const base = withToken(store.outbox.row.token);
  return options.signal === undefined ? base : { ...base, signal: options.signal };
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

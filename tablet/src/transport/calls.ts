// The server's services, as this app calls them: gRPC-Web, to where the app came from.
//
// The only folder that knows the network. A call that found no server is `offline`, whatever the
// browser says of being on line.
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { Accounts } from '#proto/account_pb';
import { Aggregates } from '#proto/aggregate_pb';
import { Audit } from '#proto/audit_pb';
import { Keeping } from '#proto/disposition_pb';
import { OpenDoors } from '#proto/open_doors_pb';
import { Practice } from '#proto/practice_pb';
import { Recovery } from '#proto/recovery_pb';
import { Summaries } from '#proto/summary_pb';
import { Sync } from '#proto/sync_pb';

export type SyncCalls = ReturnType<typeof createClient<typeof Sync>>;
export type KeepingCalls = ReturnType<typeof createClient<typeof Keeping>>;
export type DoorCalls = ReturnType<typeof createClient<typeof OpenDoors>>;
export type AccountCalls = ReturnType<typeof createClient<typeof Accounts>>;

// What pages of figures ask; nothing of it writes.
export interface FigureCalls {
  readonly summaries: ReturnType<typeof createClient<typeof Summaries>>;
  readonly aggregates: ReturnType<typeof createClient<typeof Aggregates>>;
  readonly audit: ReturnType<typeof createClient<typeof Audit>>;
  readonly practice: ReturnType<typeof createClient<typeof Practice>>;
}

export interface Calls {
  readonly sync: SyncCalls;
  readonly recovery: ReturnType<typeof createClient<typeof Recovery>>;
  readonly accounts: AccountCalls;
  readonly keeping: KeepingCalls;
  readonly doors: DoorCalls;
  readonly figures: FigureCalls;
}

const callMs = 30_000;

export function connect(baseUrl: string): Calls {
  const transport: Transport = createGrpcWebTransport({
    baseUrl,
    useBinaryFormat: true,
    defaultTimeoutMs: callMs,
  });
  return {
    sync: createClient(Sync, transport),
    recovery: createClient(Recovery, transport),
    accounts: createClient(Accounts, transport),
    keeping: createClient(Keeping, transport),
    doors: createClient(OpenDoors, transport),
    figures: {
      summaries: createClient(Summaries, transport),
      aggregates: createClient(Aggregates, transport),
      audit: createClient(Audit, transport),
      practice: createClient(Practice, transport),
    },
  };
}

export const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

export type Trouble =
  // No server was found, or it went away.
  | 'offline'
  // Later; the tablet keeps everything.
  | 'busy'
  // The session ended: work is kept, and goes on after a sign-in.
  | 'signInEnded'
  // Greet again.
  | 'greetAgain'
  | 'refused';

// What connect-web says of an answer that stopped short, with codes that mean other things.
const stoppedShort = ['missing trailer', 'missing message', 'protocol error: incomplete envelope'];

// The call itself does not know what became of it: no server was found, or the answer stopped short.
// It may have been done all the same.
function isUnanswered(error: unknown): boolean {
  const { code, cause, rawMessage } = ConnectError.from(error);
  if (code === Code.Unknown) return error instanceof ConnectError || cause instanceof TypeError;
  return stoppedShort.includes(rawMessage);
}

// What a failed call means to this app.
export function troubleOf(error: unknown): Trouble {
  if (isUnanswered(error)) return 'offline';
  const { code } = ConnectError.from(error);
  switch (code) {
    case Code.Unavailable:
    case Code.DeadlineExceeded:
    case Code.Canceled:
    case Code.Aborted:
      return 'offline';
    case Code.ResourceExhausted:
      return 'busy';
    case Code.Unauthenticated:
      return 'signInEnded';
    case Code.FailedPrecondition:
      return 'greetAgain';
    default:
      return 'refused';
  }
}

// Not there, or not this person's: the server says the same of both.
export function isNotTheirs(error: unknown): boolean {
  const { code } = ConnectError.from(error);
  return code === Code.NotFound || code === Code.PermissionDenied;
}

// How long the server asks to wait, milliseconds; 0: it does not say.
export function pushbackMs(error: unknown): number {
  const asked = Number(ConnectError.from(error).metadata.get('grpc-retry-pushback-ms') ?? 0);
  return Number.isFinite(asked) && asked > 0 ? asked : 0;
}

// The wait before the next try: twice as long each time, up to five minutes, and all of it by chance,
// so that thirty tablets that lost one server do not come back as one. `jitter` is from 0 to 1.
export function waitMs(failures: number, jitter: number): number {
  const most = Math.min(5 * 60_000, 1000 * 2 ** Math.min(failures, 10));
  return Math.round(most * jitter);
}

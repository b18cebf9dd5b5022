// Who is signed in where, which tablets there are, and what became of everything that was pushed. All of
// it is asked of the server while somebody looks, and nothing is kept: without the network there is none.

import type { Loaded, Outcome, Store } from '../contract';
import type { ParkReason } from './tablet';

// A session that lasts.
export interface SignedIn {
  readonly id: string;
  readonly tabletLabel: string;
  readonly sinceMs: number;
  // Null: not known.
  readonly seenMs: number | null;
  // Null: it does not end by itself.
  readonly endsMs: number | null;
  // The one with which this page was asked.
  readonly here: boolean;
}

export interface SchoolTablet {
  readonly id: string;
  readonly label: string;
  readonly joinedMs: number;
  // Null: never.
  readonly seenMs: number | null;
  readonly app: string;
  // Who is signed in on it, counted.
  readonly people: number;
  // Null: it is in use.
  readonly endedMs: number | null;
  readonly here: boolean;
}

// What became of every change that tablets ever pushed. `pushed` is counted from the stores' chains and
// the four from the log, so that their agreement shows something.
export interface Accounted {
  readonly pushed: number;
  readonly committed: number;
  readonly late: number;
  readonly parked: number;
  readonly erased: number;
  readonly addsUp: boolean;
  readonly aside: readonly {
    readonly kind: 'late' | 'parked';
    readonly reason: ParkReason;
    readonly changes: number;
    // Of these, taken in since.
    readonly takenIn: number;
  }[];
  readonly erasedRecords: number;
}

// What to hand to somebody; its secrets are said once.
export interface Invitation {
  readonly name: string;
  // ABCDE-FGHJK
  readonly code: string;
  // For a QR code: the app's address with what follows "#join=".
  readonly link: string;
  readonly endsMs: number;
}

// 'failed' with code 'offline': there is no network; 'busy': later; else a word for a bug report.
export interface SignIns {
  // Of the person who is in.
  readonly mine: Store<Loaded<readonly SignedIn[]>>;
  // How they sign in with a passphrase: their name for it; empty: they cannot. `isTheirs`: false: this
  // tablet made it, and nobody knows it.
  readonly passphrase: Store<{ readonly name: string; readonly isTheirs: boolean }>;
  readonly look: () => Promise<void>;
  readonly end: (id: string) => Promise<Outcome>;
  // At least twelve characters; ends their sessions on other tablets. `old` counts where it is theirs.
  readonly setPassphrase: (old: string, next: string) => Promise<Outcome>;
  // The same by the code of an invitation, where the old one is forgotten.
  readonly setByCode: (code: string, next: string) => Promise<Outcome>;
}

// For whoever holds ADMIN; the account of everything for whoever holds DPO too.
export interface Office {
  readonly may: Store<{ readonly people: boolean; readonly account: boolean }>;
  // Everybody of the school whom this tablet knows, A to Z.
  readonly people: Store<readonly { readonly id: string; readonly name: string }[]>;
  readonly signedIn: (personId: string) => Store<Loaded<readonly SignedIn[]>>;
  readonly tablets: Store<Loaded<readonly SchoolTablet[]>>;
  readonly account: Store<Loaded<Accounted>>;
  readonly lookAtPerson: (personId: string) => Promise<void>;
  readonly lookAtTablets: () => Promise<void>;
  readonly lookAtAccount: () => Promise<void>;
  // An empty id: for nobody, to join a tablet.
  readonly invite: (personId: string) => Promise<Outcome<Invitation>>;
  readonly endSession: (id: string, personId: string) => Promise<Outcome>;
  readonly endTablet: (id: string) => Promise<Outcome>;
}

// Ways to sign in beside a code.
export interface SignInGestures {
  // Adds somebody to this tablet, or lets them in again, by their sign-in name.
  readonly addByPassphrase: (signInName: string, passphrase: string) => Promise<Outcome>;
  // Where to send the browser. `code`: an invitation that links the account there to its person; empty:
  // it is linked already.
  readonly goToProvider: (code: string) => Promise<Outcome<{ readonly url: string }>>;
  // What the browser came back with.
  readonly backFromProvider: (state: string, code: string) => Promise<Outcome>;
}

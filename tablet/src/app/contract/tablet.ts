// This tablet: the school it belongs to, the people on it, what waits on it, and its storage.

import type { Moment } from './work';

export interface Person {
  // An opaque id; equal for the same person everywhere in this contract.
  readonly id: string;
  // As the school says it, such as "Ms Kaur".
  readonly name: string;
  // One or two letters.
  readonly initials: string;
}

// One of the people who have been added to this tablet.
export interface TabletPerson extends Person {
  // Changes that have not reached the server; 0 or more. Counted for everybody, read by the person alone.
  readonly unsent: number;
  // When the person last used this tablet, in milliseconds since 1970.
  readonly lastUsedMs: number;
  // 0: no tries left before a wait or a sign-in.
  readonly pinTriesLeft: number;
  // Milliseconds since 1970 before which no PIN is taken; null: none.
  readonly waitUntilMs: number | null;
  // The person was enrolled and has not chosen a PIN yet.
  readonly needsPin: boolean;
  // The online session has ended: work is still written and sent; new things wait for a sign-in.
  readonly signInEnded: boolean;
}

export type Stage =
  // Reading the disk; no longer than a moment.
  | 'starting'
  // No school yet.
  | 'unenrolled'
  // A school, and nobody in.
  | 'people'
  // Somebody is in, and the screen is blank.
  | 'locked'
  | 'open';

// The third tab, or another place that a live role opens.
export type Place =
  | 'department'
  | 'school'
  | 'referrals'
  | 'overview'
  | 'people'
  | 'tablets'
  | 'keeping';

export interface TabletState {
  readonly stage: Stage;
  // The school's name and this tablet's label; empty before it is enrolled.
  readonly school: string;
  readonly label: string;
  // What the school's own sign-in is called, such as "Google"; empty: it has none.
  readonly provider: string;
  // Most recently used first, at most 20.
  readonly people: readonly TabletPerson[];
  // Who is in; null unless locked or open.
  readonly person: Person | null;
  // The third tab; null: none. `label`: a department's name where the place is one department.
  readonly third: { readonly place: Place; readonly label: string } | null;
  // Senior leaders may start a walk-round.
  readonly mayWalk: boolean;
  // Numbers on the tabs; 0: none.
  readonly badges: { readonly today: number; readonly forMe: number };
  // Another tab writes; this one reads.
  readonly otherTab: boolean;
  // The app may be added to the Home Screen and is not.
  readonly notInstalled: boolean;
  // The first fetch; null when it is over.
  readonly fetching: { readonly done: number; readonly of: number } | null;
}

export type SignIn =
  | { readonly kind: 'passphrase'; readonly personId: string; readonly passphrase: string }
  | { readonly kind: 'code'; readonly personId: string; readonly code: string };

// The chip of every screen.
export interface Header {
  // False: the last call found no server.
  readonly online: boolean;
  // This person's changes that the server does not have, and when the oldest was written.
  readonly unsent: number;
  readonly oldestMs: number | null;
  // While sending: the k-th of n changes.
  readonly sending: { readonly k: number; readonly n: number } | null;
  // While a restored server is given back what this tablet holds: the k-th of n pages and changes.
  readonly puttingBack: { readonly k: number; readonly n: number } | null;
  // Others on this tablet with unsent work, and the age of the oldest in whole days.
  readonly colleagues: { readonly people: number; readonly oldestDays: number } | null;
  // The save that the disk refused last and that has not succeeded since.
  readonly cannotSave: boolean;
  readonly newerApp: boolean;
}

// What is waiting, in words of its own; never a reason to delete.
export type WaitingNotice =
  | { readonly kind: 'old'; readonly sinceMs: number }
  | { readonly kind: 'serverBusy'; readonly seconds: number }
  | { readonly kind: 'signInEnded' }
  // Positive: the tablet is fast.
  | { readonly kind: 'clock'; readonly minutes: number; readonly visits: number }
  // `fromMs`: null where this tablet cannot tell what the server still had.
  | {
      readonly kind: 'restored';
      readonly fromMs: number | null;
      readonly k: number;
      readonly n: number;
    }
  // `reason`: the messages file's key part of a disposition, such as 'roleEnded'.
  | { readonly kind: 'refused'; readonly reason: ParkReason; readonly visitId: string | null }
  // The wish to do something that the server did not do: what, and why.
  | {
      readonly kind: 'declined';
      readonly what: IntentName;
      readonly why: DeclinedWhy;
      readonly visitId: string;
      // "Ms Kaur · 9M2".
      readonly title: string;
    }
  // The tablet was not in touch for longer than it may show what others wrote.
  | { readonly kind: 'leaseOver'; readonly sinceMs: number }
  | { readonly kind: 'scopeEnded'; readonly department: string; readonly dateMs: number };

// What a person asked the server to do.
export type IntentName =
  | 'submit'
  | 'excuse'
  | 'share'
  | 'close'
  | 'withdraw'
  | 'correctPlan'
  | 'join'
  | 'grantRead'
  | 'endRead'
  | 'release'
  | 'erasePeer'
  | 'moveSheet';

export type DeclinedWhy =
  | 'stale'
  | 'missing'
  | 'notAllowed'
  | 'notAllSubmitted'
  | 'openQuery'
  | 'closed';

export type ParkReason =
  | 'roleEnded'
  | 'alreadyShared'
  | 'damaged'
  | 'unknownPerson'
  | 'neverAllowed'
  | 'tooLarge'
  | 'closed';

export interface WaitingItem {
  // What it belongs to; null: nothing that has a page.
  readonly visitId: string | null;
  // "Ms Kaur · 9M2"; empty for what has no visit.
  readonly title: string;
  readonly changes: number;
  readonly sinceMs: number;
  readonly kept: 'onTablet' | 'sent' | 'parked';
}

export interface Waiting {
  // Oldest first.
  readonly items: readonly WaitingItem[];
  readonly notices: readonly WaitingNotice[];
  // The last answer of the server; null: none since this tablet was enrolled.
  readonly lastContact: Moment | null;
  // What the server said of this tablet's clock, in minutes; positive: fast. Null: not known.
  readonly clockMinutes: number | null;
  readonly colleagues: Header['colleagues'];
  // Changes out of backup files that were taken in on this tablet and that the server does not have;
  // null: no file was. `stuck`: the server could not take them as they are, and they stay here.
  readonly files: { readonly changes: number; readonly stuck: number } | null;
}

// How safe the data of this tablet is.
export interface Storage {
  readonly installed: boolean;
  // Null: the browser does not say.
  readonly persistent: boolean | null;
  // The day before which the app should be opened again; null: the browser does not clear, or somebody
  // touched the screen in the last four days.
  readonly openByMs: number | null;
  // Whole megabytes; null: the browser does not say.
  readonly usedMb: number | null;
  readonly leftMb: number | null;
  readonly appVersion: string;
  // The first twelve characters of the merge core's SHA-256.
  readonly coreHash: string;
}

// All that the views know: what a screen may show, and what a person may do.
//
// Views read stores and call gestures; they import nothing else of the app. A gesture resolves once
// its effect is on disk, and the stores change only after that: what is on the screen is on disk.
// Nothing here deletes unsent work, so there is no gesture that could.

import type { AdditionGestures, Additions } from './contract/additions';
import type { DoorGestures, OpenDoors } from './contract/doors';
import type { Figures } from './contract/figures';
import type { Office, SignInGestures, SignIns } from './contract/office';
import type { HelpThread } from './contract/practice';
import type { Colleague, PracticeGestures } from './contract/practice-writing';
import type { SameLesson, SameLessonGestures } from './contract/same-lesson';
import type { StepGestures, StepThread } from './contract/steps';
import type { Header, SignIn, Storage, TabletState, Waiting } from './contract/tablet';
import type { TeamGestures } from './contract/team';
import type { TogetherGestures } from './contract/together';
import type { Answer, FeedbackGestures, SheetGestures, Visit } from './contract/visit';
import type {
  ForMe,
  More,
  NewVisit,
  Question,
  Receipt,
  Settings,
  Today,
  VisitChoice,
  VisitRow,
  Walk,
  WalkChoice,
  WalkMark,
} from './contract/work';

export type * from './contract/additions';
export type * from './contract/doors';
export type * from './contract/figures';
export type * from './contract/office';
export type * from './contract/practice';
export type * from './contract/practice-writing';
export type * from './contract/same-lesson';
export type * from './contract/steps';
export type * from './contract/tablet';
export type * from './contract/team';
export type * from './contract/together';
export type * from './contract/visit';
export type * from './contract/who';
export type * from './contract/work';

// A value that changes. get() gives the same object until it has changed; both functions may be
// passed around without their object, as useSyncExternalStore wants.
export interface Store<T> {
  readonly get: () => T;
  // Calls `changed` after each change. Returns what ends it.
  readonly subscribe: (changed: () => void) => () => void;
}

// Something that this tablet may not hold yet, or may not be allowed to hold.
export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: T }
  // Not yours and not there are the same answer.
  | { readonly kind: 'nothing' }
  // `code`: a short word for a bug report, without content.
  | { readonly kind: 'failed'; readonly code: string };

// How a gesture ended. Nothing typed is lost by any of these: what could not be saved is still on
// the screen.
export type Outcome<T = null> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export type Problem =
  // The disk took no write. The text is kept by the view, and the person is told (role alert).
  | { readonly kind: 'disk' }
  // Another tab holds the store.
  | { readonly kind: 'readOnly' }
  // This gesture needs the network, and there is none.
  | { readonly kind: 'offline' }
  // The app or the server says no, for a reason with words of its own in the messages file.
  | { readonly kind: 'refused'; readonly reason: Refusal }
  // The server's words, where the messages file has none.
  | { readonly kind: 'other'; readonly words: string };

export type Refusal =
  | 'codeUnknown'
  | 'codeEnded'
  | 'codeUsed'
  | 'passphraseWrong'
  | 'passphraseTooShort'
  // This tablet does not know the name that goes with a passphrase.
  | 'passphraseNone'
  | 'providerUnknown'
  | 'providerNone'
  | 'providerStopped'
  | 'pinWrong'
  | 'pinWait'
  | 'pinLocked'
  | 'pinTooSimple'
  | 'notAllowed'
  | 'closed'
  | 'choiceOpen'
  | 'strengthMissing'
  | 'offerWaits'
  | 'pageEmpty'
  | 'queryOpen'
  | 'notAllSubmitted'
  | 'tooLong'
  | 'reasonTooShort'
  | 'doorFull'
  | 'doorClosed'
  | 'doorNotThen'
  | 'fileNotOurs'
  | 'fileNotWhole'
  | 'fileOtherSchool'
  | 'fileEmpty';

// Built once, in main.tsx. Stores exist from the start; most are 'loading' until a person is in.
export interface App
  extends SheetGestures,
    FeedbackGestures,
    TeamGestures,
    TogetherGestures,
    SameLessonGestures,
    DoorGestures,
    AdditionGestures,
    PracticeGestures,
    StepGestures,
    SignInGestures {
  // The time, in milliseconds since 1970, as the tablet says; for running clocks only.
  readonly nowMs: () => number;
  // The school's zone, an IANA name, and the language of the words (BCP 47).
  readonly zone: Store<string>;
  readonly tablet: Store<TabletState>;
  readonly header: Store<Header>;
  readonly waiting: Store<Waiting>;
  readonly storage: Store<Storage>;
  readonly settings: Store<Settings>;
  readonly today: Store<Loaded<Today>>;
  // All that this person may open, newest lesson first; at most some 8,000 rows.
  readonly visits: Store<Loaded<readonly VisitRow[]>>;
  // Visits that look like one lesson with another one, and are mine to give up; newest first.
  readonly sameLessons: Store<Loaded<readonly SameLesson[]>>;
  // 'nothing': this person is no member of staff.
  readonly doors: Store<Loaded<OpenDoors>>;
  readonly newVisit: Store<Loaded<NewVisit>>;
  readonly walkChoices: Store<Loaded<readonly WalkChoice[]>>;
  // Oldest first.
  readonly questions: Store<Loaded<readonly Question[]>>;
  // Newest first, at most 50.
  readonly receipts: Store<readonly Receipt[]>;
  readonly forMe: Store<Loaded<ForMe>>;
  readonly more: Store<Loaded<More>>;
  readonly additions: Store<Loaded<Additions>>;
  readonly signIns: SignIns;
  readonly office: Office;
  // The server's figures, for whom a live role opens them.
  readonly figures: Figures;
  // Whom a decision or a cell may name, A to Z.
  readonly colleagues: Store<readonly Colleague[]>;
  // Help that this person is offered or has agreed to; closed ones too, newest first.
  readonly helpForMe: Store<Loaded<readonly HelpThread[]>>;
  // Agreed steps that are mine or that I look in on: open ones first, by due day.
  readonly steps: Store<Loaded<readonly StepThread[]>>;
  // The same store for the same id, for as long as anybody is subscribed.
  readonly visit: (visitId: string) => Store<Loaded<Visit>>;
  readonly walk: (walkId: string) => Store<Loaded<Walk>>;

  // --- This tablet and its people. ---

  // `code`: ten characters, in any case, with or without the dash. Needs the network.
  readonly enrol: (code: string) => Promise<Outcome>;
  // Adds a person by an invitation code of their own. Needs the network.
  readonly addPerson: (code: string) => Promise<Outcome>;
  // After enrol or addPerson: the person's first PIN, six digits.
  readonly choosePin: (personId: string, pin: string) => Promise<Outcome>;
  // Opens a person's store with six digits; works offline.
  readonly enterPin: (personId: string, pin: string) => Promise<Outcome>;
  // Online sign-in, when the session has ended or the PIN is forgotten.
  readonly signIn: (how: SignIn) => Promise<Outcome>;
  // Blanks the screen but for the initials; what runs goes on.
  readonly lock: () => Promise<Outcome>;
  // Back to the people of this tablet. Leaves what is unsent where it is.
  readonly switchPerson: () => Promise<Outcome>;
  // Refused ('choiceOpen') while work is unsent and nothing of handOver was chosen.
  readonly signOut: () => Promise<Outcome>;
  // Signs out and leaves the unsent work sealed here; anybody's sign-in sends it.
  readonly handOver: () => Promise<Outcome>;
  // Sends now what waits.
  readonly sendNow: () => Promise<Outcome>;
  // The file for a download: sealed, only the school's server can open it.
  readonly saveBackup: () => Promise<
    Outcome<{ readonly name: string; readonly bytes: Uint8Array }>
  >;
  // Takes in a sealed backup file of any tablet of this school: it waits here, beside what this tablet
  // holds, and goes to the server with the next contact.
  readonly takeInBackup: (file: Uint8Array) => Promise<Outcome<{ readonly changes: number }>>;
  // Takes the writing over from another tab.
  readonly useThisTab: () => Promise<Outcome>;
  // Asks the browser to keep the storage.
  readonly askToPersist: () => Promise<Outcome>;
  // Shows the install question of the browser, where there is one.
  readonly install: () => Promise<Outcome>;
  readonly changeSettings: (change: Partial<Settings>) => Promise<Outcome>;
  // Tells the app that somebody touched the screen; at most each second. Feeds the lock.
  readonly touched: () => void;
  // Loads the newer app that waits; only when the person asks.
  readonly reload: () => void;

  // --- Visits and walks. ---

  readonly openVisit: (choice: VisitChoice) => Promise<Outcome<{ readonly visitId: string }>>;
  // Begins a planned visit: the clock of its notes starts.
  readonly startVisit: (visitId: string) => Promise<Outcome>;
  // Opens the last walk that has not ended, if there is one, before making another.
  readonly startWalk: (choice: WalkChoice) => Promise<Outcome<{ readonly walkId: string }>>;
  readonly arrive: (walkId: string, roomId: string) => Promise<Outcome>;
  readonly logRoom: (walkId: string, roomId: string, mark: WalkMark) => Promise<Outcome>;
  readonly skipRoom: (walkId: string, roomId: string) => Promise<Outcome>;
  // Takes the last logged room back.
  readonly undoRoom: (walkId: string) => Promise<Outcome>;
  // Praise tags and a sentence of a logged room. `text` at most 500 bytes.
  readonly praiseRoom: (walkId: string, roomId: string, text: string) => Promise<Outcome>;
  // `praise`: what the praise of a room says where nobody chose words; at most 500 bytes.
  readonly endWalk: (walkId: string, praise: string) => Promise<Outcome>;
  // The observer of an offer of help has spoken with its teacher: the page is handed in.
  readonly haveSpoken: (visitId: string) => Promise<Outcome>;
  // The offer goes; what stays is a room that was seen.
  readonly takeBackOffer: (visitId: string) => Promise<Outcome>;

  // --- Questions. ---

  readonly choose: (questionId: string, answer: Answer) => Promise<Outcome>;
  // Takes the last choice back; both values are there again.
  readonly undoChoice: () => Promise<Outcome>;
  // The receipt's toast has been seen.
  readonly receiptSeen: (receiptId: string) => Promise<Outcome>;
}

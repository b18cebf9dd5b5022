// One visit: its plan, my page, the feedback, the steps, what was shared and what came back.

import type { Outcome } from '../contract';
import type { Person } from './tablet';
import type { Team } from './team';
import type { WhoFacts } from './who';
import type { Moment } from './work';

export type Kind =
  | 'DEPT'
  | 'WALK'
  | 'TEAM'
  | 'MENTOR'
  | 'COACH'
  | 'PEER'
  | 'AST'
  | 'INFORMAL'
  | 'REVIEW'
  | 'CALIB'
  | 'SELF'
  | 'GOVERNOR';

export type Phase =
  | 'planned'
  | 'draft'
  | 'submitted'
  | 'shared'
  | 'closed'
  | 'withdrawn'
  | 'erased';

// Where a record is kept: the first of its two chips.
export type Kept =
  | { readonly state: 'onTablet'; readonly at: Moment }
  | { readonly state: 'sent'; readonly at: Moment }
  | { readonly state: 'stored'; readonly at: Moment }
  // In the backup of `backupMs`, which was checked at `at`; before the next morning: `tonight`.
  | {
      readonly state: 'backup';
      readonly at: Moment;
      readonly tonight: boolean;
      readonly backupMs: number;
    }
  | { readonly state: 'storedLate'; readonly at: Moment }
  | { readonly state: 'parkedFor'; readonly owner: string }
  | {
      readonly state: 'parkedNeeds';
      readonly owner: string;
      readonly reason: import('./tablet').ParkReason;
    };

// Who has it: the second chip.
export type Shown =
  | { readonly state: 'none' }
  // Chosen here, and the server has not answered yet.
  | { readonly state: 'willSubmit' }
  | { readonly state: 'willShare' }
  | { readonly state: 'submitted'; readonly at: Moment }
  | { readonly state: 'shared'; readonly version: number; readonly at: Moment }
  // `changedSince`: a newer version was shared afterwards.
  | {
      readonly state: 'acknowledged';
      readonly version: number;
      readonly at: Moment;
      readonly changedSince: boolean;
    }
  | { readonly state: 'withdrawn' };

export interface Level {
  // 1 to 10.
  readonly number: number;
  readonly word: string;
  // One sentence; what it looks like for the element.
  readonly descriptor: string;
}

export interface Element {
  // 1 to 255, as the rubric numbers it.
  readonly number: number;
  readonly title: string;
  // For the link row, such as "Talk"; at most 14 characters where the rubric says one.
  readonly short: string;
  readonly lookFor: string;
  // Ascending; at most 10.
  readonly levels: readonly Level[];
  readonly praiseTags: readonly string[];
  readonly nextStepStems: readonly string[];
}

export interface Note {
  readonly id: string;
  // When the button was tapped; null: not tied to a moment.
  readonly atMs: number | null;
  // At most 2,000 bytes of UTF-8.
  readonly text: string;
  // The element it is evidence for; null: none yet.
  readonly element: number | null;
  readonly isPrivate: boolean;
}

// A level as it stands: two values of my two tablets are both kept until I choose.
export type Rating =
  | { readonly kind: 'level'; readonly level: number }
  | { readonly kind: 'notSeen' }
  | { readonly kind: 'undecided'; readonly questionId: string };

export interface Tally {
  // The template's code, at most 32 bytes; also its label's key.
  readonly code: string;
  readonly label: string;
  readonly count: number;
  // Mine, which I may take back.
  readonly mine: number;
}

export interface Sheet {
  readonly author: Person;
  readonly mine: boolean;
  readonly submitted: boolean;
  // By time.
  readonly notes: readonly Note[];
  // Removed while the sheet is a draft; newest first.
  readonly removedNotes: readonly Note[];
  // By element number; no entry: no level.
  readonly ratings: Readonly<Record<number, Rating>>;
  readonly tallies: readonly Tally[];
  // By time.
  readonly onTask: readonly {
    readonly atMs: number;
    readonly onTask: number;
    readonly total: number;
  }[];
  readonly praise: readonly { readonly id: string; readonly text: string }[];
  readonly pupilsPresent: number | null;
}

// A text of several paragraphs; each has an id, and is edited alone.
export interface Paragraph {
  readonly id: string;
  // At most 2,000 bytes.
  readonly text: string;
}

export interface Step {
  readonly id: string;
  // At most 500 bytes.
  readonly text: string;
  readonly element: number | null;
  // The start of the day in the school's zone.
  readonly dueMs: number | null;
  readonly checkVisitId: string | null;
  readonly status: 'open' | 'tried' | 'embedded' | 'dropped';
}

export interface Feedback {
  readonly strengths: readonly Paragraph[];
  readonly priority: string;
  readonly priorityElement: number | null;
  readonly conversationMs: number | null;
  readonly message: readonly Paragraph[];
  readonly includeNotes: boolean;
}

// What a version says, word for word, for ever.
export interface Version {
  readonly round: number;
  readonly sharedBy: string;
  readonly shared: Moment;
  readonly strengths: readonly string[];
  readonly priority: string;
  readonly priorityElement: number | null;
  readonly steps: readonly Step[];
  readonly message: readonly string[];
  readonly notes: readonly Note[];
  readonly ratings: Readonly<Record<number, number>>;
  // Elements that had two values and are in no level.
  readonly leftOut: readonly number[];
}

export interface Query {
  readonly id: string;
  readonly version: number;
  readonly element: number | null;
  readonly text: string;
  readonly at: Moment;
  readonly closed: boolean;
  // Null: nobody has answered.
  readonly answer: {
    readonly text: string;
    readonly resolution: 'amended' | 'explained' | 'withdrawn' | null;
  } | null;
}

export interface Declined {
  readonly what: import('./tablet').IntentName;
  readonly why: import('./tablet').DeclinedWhy;
}

export interface Visit {
  readonly id: string;
  readonly kind: Kind;
  readonly phase: Phase;
  readonly teacher: Person | null;
  readonly lead: Person;
  readonly observers: readonly (Person & {
    readonly submitted: boolean;
    readonly excused: boolean;
  })[];
  // What I am to this visit; a leader reads.
  readonly me: 'lead' | 'observer' | 'teacher' | 'reader';
  // What a colleague's camera reads to join; empty: nobody can any more, or this person cannot say.
  readonly joinCode: string;
  // The ten letters in it, for a colleague whose tablet holds the visit's plan already.
  readonly joinLetters: string;
  readonly classCode: string;
  readonly subject: string;
  readonly room: string;
  readonly lessonMs: number | null;
  // When the visit was begun on this tablet; the clock of the sheet.
  readonly startedMs: number | null;
  readonly minutes: number | null;
  readonly announced: boolean;
  // False: the kind has no levels; the descriptors are what to look for.
  readonly graded: boolean;
  readonly elements: readonly Element[];
  // Minutes between two looks; 0: the template has none.
  readonly lookEveryMin: number;
  // The rule of the kind: what must be there before sharing.
  readonly neededAtShare: readonly ('strengths' | 'priority' | 'step')[];

  readonly kept: Kept;
  readonly shown: Shown;
  readonly who: WhoFacts;

  // Null where I have none, or may not write one.
  readonly mySheet: Sheet | null;
  // Those that I may read: none before the reveal.
  readonly otherSheets: readonly Sheet[];
  // Null where I may not read it.
  readonly feedback: Feedback | null;
  // Null where one person observes.
  readonly team: Team | null;
  readonly steps: readonly Step[];
  // Ascending by round.
  readonly versions: readonly Version[];
  // The number of the version that sharing now would make, after those that have been asked for here.
  readonly nextVersion: number;
  readonly queries: readonly Query[];
  readonly reflection: string;
  // Versions that the teacher acknowledged.
  readonly acknowledged: readonly { readonly round: number; readonly at: Moment }[];
  // Undecided questions of mine on this visit, in words' order: the elements' titles and levels.
  readonly undecided: readonly {
    readonly questionId: string;
    readonly element: string;
    readonly levels: readonly number[];
  }[];
  // An offer of help of mine that goes nowhere before I have spoken with the teacher.
  readonly offerWaits: boolean;
  // What undo would take back; null: nothing.
  readonly undo: UndoWords | null;
  // What I asked of the server for this visit and it did not do, the newest of each kind.
  readonly declined: readonly Declined[];
  // School days since the lesson, while nothing is shared; null otherwise.
  readonly schoolDaysUnshared: number | null;
  readonly withdrawnReason: string;
  // "One lesson" was said of it and of another visit, and the server has not answered yet.
  readonly joining: boolean;
  // The visit in which its page goes on; empty: none, or not on this tablet. Null: it is its own.
  readonly joinedInto: string | null;
  // People that I, the teacher, may let read; and those who may now.
  readonly mayLetRead: readonly Person[];
  readonly letRead: readonly Person[];
}

export type UndoWords =
  | {
      readonly kind:
        | 'note'
        | 'noteText'
        | 'noteRemoved'
        | 'look'
        | 'praise'
        | 'strength'
        | 'priority'
        | 'step'
        | 'other';
    }
  | { readonly kind: 'link' | 'level'; readonly element: string }
  | { readonly kind: 'tally'; readonly label: string };

// What a person answers to a question.
export type Answer =
  | { readonly kind: 'keep'; readonly key: string }
  | { readonly kind: 'level'; readonly level: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'keepAll' }
  | { readonly kind: 'remove' };

// Every text is saved as it is typed; the app may gather quick changes of one field into one write.
export interface SheetGestures {
  // `tappedMs`: when the button was tapped. Empty text writes nothing until editNote gives it some.
  readonly addNote: (
    visitId: string,
    tappedMs: number,
    text: string,
  ) => Promise<Outcome<{ readonly noteId: string }>>;
  readonly editNote: (visitId: string, noteId: string, text: string) => Promise<Outcome>;
  readonly linkNote: (visitId: string, noteId: string, element: number | null) => Promise<Outcome>;
  readonly keepNotePrivate: (
    visitId: string,
    noteId: string,
    isPrivate: boolean,
  ) => Promise<Outcome>;
  readonly removeNote: (visitId: string, noteId: string) => Promise<Outcome>;
  readonly putNoteBack: (visitId: string, noteId: string) => Promise<Outcome>;
  // 1.. a level, 0 not seen, null takes the answer away.
  readonly rate: (visitId: string, element: number, level: number | null) => Promise<Outcome>;
  readonly tick: (visitId: string, code: string) => Promise<Outcome>;
  // Takes back my own last mark.
  readonly untick: (visitId: string, code: string) => Promise<Outcome>;
  readonly snapshot: (visitId: string, onTask: number, total: number) => Promise<Outcome>;
  readonly setPupilsPresent: (visitId: string, pupils: number) => Promise<Outcome>;
  readonly addPraise: (
    visitId: string,
    text: string,
  ) => Promise<Outcome<{ readonly praiseId: string }>>;
  readonly editPraise: (visitId: string, praiseId: string, text: string) => Promise<Outcome>;
  readonly removePraise: (visitId: string, praiseId: string) => Promise<Outcome>;
  // The last gesture on this visit's pages, up to 50 back, also after a reload.
  readonly undo: (visitId: string) => Promise<Outcome>;
  readonly submit: (visitId: string) => Promise<Outcome>;
}

export interface FeedbackGestures {
  readonly addStrength: (
    visitId: string,
    text: string,
  ) => Promise<Outcome<{ readonly paragraphId: string }>>;
  readonly editStrength: (visitId: string, paragraphId: string, text: string) => Promise<Outcome>;
  readonly removeStrength: (visitId: string, paragraphId: string) => Promise<Outcome>;
  readonly setPriority: (visitId: string, text: string) => Promise<Outcome>;
  readonly setPriorityElement: (visitId: string, element: number | null) => Promise<Outcome>;
  readonly setConversation: (visitId: string, dayMs: number | null) => Promise<Outcome>;
  readonly setIncludeNotes: (visitId: string, include: boolean) => Promise<Outcome>;
  readonly addStep: (
    visitId: string,
    text: string,
    element: number | null,
    dueMs: number | null,
  ) => Promise<Outcome<{ readonly stepId: string }>>;
  readonly editStep: (
    visitId: string,
    stepId: string,
    change: {
      readonly text?: string;
      readonly element?: number | null;
      readonly dueMs?: number | null;
      readonly status?: Step['status'];
      // At most 500 bytes; the teacher, the observers and whoever leads read it.
      readonly droppedBecause?: string;
    },
  ) => Promise<Outcome>;
  // Sends the wish to share; the version appears when the server has written it.
  readonly share: (visitId: string) => Promise<Outcome>;
  // `reason`: 1 to 500 bytes; the teacher reads it.
  readonly withdraw: (visitId: string, reason: string) => Promise<Outcome>;
  // As the teacher. Bound to the very text of that version.
  readonly acknowledge: (visitId: string, round: number) => Promise<Outcome>;
  readonly reflect: (visitId: string, text: string) => Promise<Outcome>;
  readonly query: (
    visitId: string,
    round: number,
    element: number | null,
    text: string,
  ) => Promise<Outcome>;
  readonly closeQuery: (visitId: string, queryId: string) => Promise<Outcome>;
  readonly answerQuery: (
    visitId: string,
    queryId: string,
    text: string,
    resolution: 'amended' | 'explained' | 'withdrawn' | null,
  ) => Promise<Outcome>;
  readonly letRead: (visitId: string, personId: string) => Promise<Outcome>;
  readonly endRead: (visitId: string, personId: string) => Promise<Outcome>;
}

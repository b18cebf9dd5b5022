// What a person works on: today, the lists, a new visit, the walk-round, questions, receipts, and
// what has come back to them.

import type { IntentName, Person } from './tablet';
import type { Kept, Kind, Level, Shown } from './visit';

// When something happened, in milliseconds since 1970, as well as the tablet knows.
export type Moment =
  | { readonly kind: 'at'; readonly ms: number }
  // The clock was wrong or restarted: it lies between, and this is what the tablet said.
  | {
      readonly kind: 'between';
      readonly fromMs: number;
      readonly toMs: number;
      readonly saidMs: number;
    };

export interface VisitRow {
  readonly id: string;
  readonly kind: Kind;
  readonly teacher: Person | null;
  readonly observers: readonly Person[];
  // At most 32 bytes each; empty: not known.
  readonly classCode: string;
  readonly room: string;
  // Null: not fixed yet.
  readonly lessonMs: number | null;
  readonly period: number | null;
  readonly kept: Kept;
  readonly shown: Shown;
  // I observe, or am observed.
  readonly mine: boolean;
  readonly toMe: boolean;
  readonly planned: boolean;
  readonly draft: boolean;
  // Has unsent or parked changes.
  readonly waiting: boolean;
  // An undecided question of mine.
  readonly question: boolean;
}

export type YourTurn =
  | {
      readonly kind: 'question';
      readonly questionId: string;
      readonly n: number;
      readonly classCode: string;
    }
  | {
      readonly kind: 'readyToShare';
      readonly visitId: string;
      readonly teacher: string;
      readonly schoolDays: number;
    }
  // An offer of help from a walk, until its observer has spoken with the teacher.
  | { readonly kind: 'offer'; readonly visitId: string; readonly teacher: string }
  | { readonly kind: 'asked'; readonly visitId: string; readonly teacher: string }
  | {
      readonly kind: 'lookIn';
      readonly visitId: string;
      readonly teacher: string;
      readonly byMs: number;
    }
  | { readonly kind: 'newFeedback'; readonly visitId: string; readonly observer: string }
  // Something asked of the server that it did not do.
  | {
      readonly kind: 'declined';
      readonly visitId: string;
      readonly teacher: string;
      readonly what: IntentName;
    }
  // Late work on visits that I lead.
  | { readonly kind: 'additions'; readonly n: number }
  // The pages of a team are open, and I have not agreed yet.
  | { readonly kind: 'agree'; readonly visitId: string; readonly teacher: string }
  | { readonly kind: 'draft'; readonly visitId: string; readonly teacher: string };

export type News =
  | {
      readonly kind: 'praise';
      readonly visitId: string;
      readonly observer: string;
      readonly text: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'acknowledged';
      readonly visitId: string;
      readonly teacher: string;
      readonly version: number;
      readonly atMs: number;
    }
  | {
      readonly kind: 'answered';
      readonly visitId: string;
      readonly observer: string;
      readonly atMs: number;
    };

export interface Today {
  // Most pressing first, at most 20.
  readonly yourTurn: readonly YourTurn[];
  // Planned visits of today and the next days, earliest first; and those begun today.
  readonly plan: readonly VisitRow[];
  // Praise first, then newest first; at most 20.
  readonly news: readonly News[];
}

// The agreed load of a teacher in this school year; minutes are whole.
export interface Load {
  readonly visits: number;
  readonly ofVisits: number;
  readonly minutes: number;
  readonly ofMinutes: number;
}

export interface TeacherChoice extends Person {
  // Of the lesson, by default the teacher's first.
  readonly departmentId: string;
  readonly department: string;
  // The kinds that my roles allow for this teacher, most usual first; never empty.
  readonly kinds: readonly Kind[];
  // Class codes and rooms of earlier visits, newest first, at most 8 each.
  readonly classCodes: readonly string[];
  readonly rooms: readonly string[];
  // Who reads a visit of this teacher by their post; as in WhoFacts.
  readonly lead: import('./who').LeadWords;
  // The post by which I would read it myself, and which the words leave out; null: none.
  readonly myPost: 'hod' | 'senior' | null;
}

export interface NewVisit {
  // Of my departments first, then everybody else; each A-Z by family name. Does not hold me; 'SELF'
  // stands alone.
  readonly teachers: readonly TeacherChoice[];
  readonly maySelf: boolean;
  // Whether the kind's template has levels.
  readonly graded: Readonly<Partial<Record<Kind, boolean>>>;
}

export interface VisitChoice {
  readonly kind: Kind;
  // Null: SELF.
  readonly teacherId: string | null;
  // At most 32 bytes each.
  readonly classCode: string;
  readonly room: string;
  readonly announced: boolean;
  // 1 to 600.
  readonly minutes: number;
  // Null: now, and the visit begins. Else a plan for that time.
  readonly lessonMs: number | null;
  // Why it goes beyond the agreed load: at least 10 characters then; else empty.
  readonly loadReason: string;
  // Who observes beside me; at most 7, and none unless the kind is TEAM.
  readonly observerIds: readonly string[];
}

// --- Walk-round. ---

export type WalkMark = 'seen' | 'praise' | 'help';

// A list of rooms to walk. `id`: opaque. `label`: a department's name; empty for leastRecent.
export interface WalkChoice {
  readonly id: string;
  readonly order: 'leastRecent' | 'department';
  readonly label: string;
  readonly rooms: number;
}

export interface WalkRoom {
  readonly id: string;
  // At most 32 bytes; empty: not known, the name stands alone.
  readonly room: string;
  // Null: supply cover, which is not counted.
  readonly teacher: Person | null;
  readonly classCode: string;
  // Whole weeks; null: not seen yet this year.
  readonly weeksSinceSeen: number | null;
  readonly mark: WalkMark | 'skipped' | null;
  // When it was logged.
  readonly atMs: number | null;
  readonly praise: string;
  // The visit with the offer of help that waits until its observer has spoken with the teacher.
  readonly offer: string | null;
  // Who else was here on the same day.
  readonly others: readonly { readonly name: string; readonly atMs: number }[];
}

export interface Walk {
  readonly id: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly period: number | null;
  readonly order: WalkChoice['order'];
  readonly orderLabel: string;
  readonly rooms: readonly WalkRoom[];
  // The open room; null when all are logged.
  readonly openRoomId: string | null;
  // The room that undoRoom would take back.
  readonly lastRoomId: string | null;
  // The school's policy allows levels on walks since that day; null: no levels.
  readonly levelsSinceMs: number | null;
  // Tags offered with praise, at most 5.
  readonly praiseTags: readonly string[];
  // Of the open room's lesson; empty: not known.
  readonly department: string;
}

// --- Questions for the author. ---

export interface QuestionValue {
  // Give it to choose().
  readonly key: string;
  // The level, 0 = not seen; null where the field has no level.
  readonly level: number | null;
  // The words, or a date as the words say it; empty where it is a level. 'removed': the note was removed there.
  readonly text: string;
  readonly dateMs: number | null;
  readonly removed: boolean;
  readonly author: string;
  readonly mine: boolean;
  // "the office tablet"; empty: this tablet.
  readonly tablet: string;
  readonly at: Moment;
  // The author's notes on that element, at most 2, oldest first.
  readonly notes: readonly {
    readonly id: string;
    readonly atMs: number | null;
    readonly text: string;
  }[];
}

export type QuestionField =
  | 'level'
  | 'levelNotSeen'
  | 'levelMany'
  | 'shortText'
  | 'paragraph'
  | 'noteOfTwo'
  | 'removedOrEdited'
  | 'agreedLevel'
  | 'date'
  | 'archivedOrEdited';

export interface Question {
  readonly id: string;
  readonly visitId: string;
  readonly teacher: string;
  readonly classCode: string;
  readonly lessonMs: number | null;
  readonly field: QuestionField;
  // The element's title, or empty.
  readonly element: string;
  // The name of a text field, as the messages file has it under field.*: 'priority', 'strength', 'note', 'step'.
  readonly name:
    | 'priority'
    | 'strength'
    | 'note'
    | 'step'
    | 'message'
    | 'reflection'
    | 'reason'
    | null;
  // By time written; 2 or more.
  readonly values: readonly QuestionValue[];
  // With texts: both changes in one text; null where they cannot be put together.
  readonly merged: string | null;
  // The levels that may be chosen instead; empty where there are none.
  readonly levels: readonly Level[];
  readonly blocksSharing: boolean;
}

// --- What was combined. ---

export type ReceiptRow =
  | {
      readonly kind: 'notes';
      readonly classCode: string;
      readonly here: number;
      readonly there: number;
      readonly tablet: string;
      readonly total: number;
    }
  | {
      readonly kind: 'tallies';
      readonly here: number;
      readonly there: number;
      readonly total: number;
      readonly name: string;
    }
  | {
      readonly kind: 'field';
      readonly field: 'room' | 'classCode' | 'subject' | 'minutes' | 'lesson' | 'period' | 'other';
      readonly value: string;
      readonly tablet: string;
    }
  | { readonly kind: 'page'; readonly observer: string }
  | { readonly kind: 'questions'; readonly n: number; readonly what: readonly string[] }
  | { readonly kind: 'addition'; readonly observer: string }
  | { readonly kind: 'roleEnded'; readonly owner: string }
  | {
      readonly kind: 'left';
      readonly n: number;
      readonly reason: 'roleEnded' | 'erased' | 'notKept';
    };

export interface Receipt {
  readonly id: string;
  readonly atMs: number;
  readonly rows: readonly ReceiptRow[];
  readonly sent: number;
  readonly stored: number;
  readonly received: number;
  readonly seen: boolean;
}

// --- For me, More. ---

export interface FeedbackRow {
  readonly visitId: string;
  readonly observer: string;
  readonly kind: Kind;
  readonly classCode: string;
  readonly lessonMs: number | null;
  readonly version: number;
  readonly sharedMs: number;
  // The highest version that I acknowledged; 0: none.
  readonly acknowledged: number;
  readonly praise: string;
}

export interface StepRow {
  readonly visitId: string;
  readonly stepId: string;
  readonly text: string;
  readonly element: string;
  readonly dueMs: number | null;
  readonly looksIn: string;
  readonly status: 'open' | 'tried' | 'embedded' | 'dropped';
  // Why it was dropped; empty: it was not, or nobody said.
  readonly droppedBecause: string;
  readonly mine: boolean;
}

export interface ForMe {
  // Newest first.
  readonly feedback: readonly FeedbackRow[];
  // Open first, then by due day.
  readonly steps: readonly StepRow[];
  readonly praise: readonly Extract<News, { kind: 'praise' }>[];
  readonly load: Load | null;
  // Who has read about me, as far as this tablet knows; null: not known offline.
  readonly readers:
    | readonly { readonly name: string; readonly role: string; readonly atMs: number }[]
    | null;
}

export interface More {
  readonly roles: readonly {
    // The messages file's key part: 'TEACHER', 'HOD', 'SLT', 'HEAD', 'AST', 'COACH', 'MENTOR', 'PEER', 'GOVERNOR', 'EXEC', 'ADMIN', 'DPO', 'EXTERNAL', 'REVIEWER', 'CHAMPION'.
    readonly role: string;
    readonly org: string;
    readonly fromMs: number | null;
    readonly untilMs: number | null;
  }[];
}

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  // Per cent: 100, 125, 150 or 200.
  readonly textSize: 100 | 125 | 150 | 200;
  readonly hand: 'right' | 'left';
  // How much of the school this tablet holds: this half-term and the one before, or the school year.
  readonly keep: 'recent' | 'year';
  // Single-letter keys of the sheet.
  readonly keys: boolean;
  // Minutes without touch, in a visit and elsewhere; 1 to 60.
  readonly lockVisitMin: number;
  readonly lockMin: number;
}

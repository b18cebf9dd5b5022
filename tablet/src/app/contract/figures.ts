// The server's figures, as pages show them: who is covered, how it goes, and why a number changed.
//
// Every figure is the server's answer to this person, kept on the tablet as it was given: with no
// signal the last one is shown, with its time. Nothing here is ordered by how well somebody does.

import type { Load, Loaded, Store } from '../contract';
import type { Agreement, Cycle, Help, Management, Pack } from './practice';

// What a live role opens behind the third tab.
export interface Area {
  readonly kind: 'department' | 'school' | 'referrals' | 'overview';
  // The organisation, 32 hexadecimal letters.
  readonly org: string;
  readonly label: string;
  readonly sections: readonly Section[];
}

export type Section =
  | 'coverage'
  | 'trends'
  | 'matrix'
  | 'pack'
  | 'cycle'
  | 'agreement'
  | 'management'
  | 'help'
  | 'halfTerm'
  | 'federation';

// A role that has ended since this tablet last knew it: what it opened is gone from here.
export interface EndedArea {
  readonly label: string;
  readonly endedMs: number;
}

export interface Areas {
  // Departments A to Z, then the school, then what other roles open.
  readonly open: readonly Area[];
  readonly ended: readonly EndedArea[];
}

// How much of an answer can be relied on.
export type Freshness =
  // The server's latest.
  | 'current'
  // The last answer that was kept; a newer one is asked for.
  | 'asking'
  // The same, and there is no server to ask.
  | 'offline'
  | 'busy'
  | 'signInEnded'
  | 'failed';

export interface FigureAnswer<T> {
  readonly value: T;
  readonly freshness: Freshness;
  // When the server gave it.
  readonly atMs: number;
  // When the answer was given that this person saw the time before; null: this is the first view.
  readonly lastViewMs: number | null;
}

export type Answered<T> = Store<Loaded<FigureAnswer<T>>>;

// One of the school's half-terms.
export interface HalfTerm {
  // As the server numbers them.
  readonly h2: number;
  // 1 to 6 in its school year.
  readonly number: number;
  readonly firstYear: number;
  // First moments of its first and last day, in UTC.
  readonly fromMs: number;
  readonly toMs: number;
}

// How complete the figures beside it are.
export interface Completeness {
  readonly tabletsNotSeen: number;
  // When the one that has been away longest was last in touch; null: none is away.
  readonly awaySinceMs: number | null;
  readonly lateSinceLastView: number;
  readonly recomputing: boolean;
  // The server was restored from a backup: so many of its tablets have handed back what they held.
  // Null: it was not, or all have.
  readonly recovering: { readonly seen: number; readonly of: number } | null;
}

// --- Coverage. ---

export type CoverState = 'exempt' | 'done' | 'booked' | 'due' | 'overdue';

// What the server counts of a teacher's school year.
export interface AgreedLoad extends Load {
  // One visit more goes beyond it.
  readonly full: boolean;
}

// Null: the school has agreed none.
export interface TeacherLoad {
  readonly load: AgreedLoad | null;
}

export interface TeacherCover {
  readonly id: string;
  readonly name: string;
  readonly isMe: boolean;
  readonly state: CoverState;
  // Due, and few school days are left.
  readonly bookSoon: boolean;
  readonly doneMs: number | null;
  readonly shared: boolean;
  readonly recordedLate: boolean;
  // The next visit that this tablet knows to be planned.
  readonly plannedMs: number | null;
  readonly plannedPeriod: number | null;
  // The load that the staff agreed; null: the school has set none.
  readonly load: AgreedLoad | null;
  // A visit may be planned by whoever looks.
  readonly mayPlan: boolean;
}

// Teachers in each state. Of done, the last two are said beside it.
export interface CoverNumbers {
  readonly done: number;
  readonly eligible: number;
  readonly booked: number;
  readonly due: number;
  readonly overdue: number;
  readonly exempt: number;
  readonly bookSoon: number;
  readonly recordedLate: number;
  readonly notShared: number;
}

export interface RuleCover extends CoverNumbers {
  readonly rule: string;
  readonly title: string;
  readonly department: string;
  readonly departmentName: string;
  readonly fromMs: number;
  readonly toMs: number;
  // By name; empty in a school's overview.
  readonly teachers: readonly TeacherCover[];
}

// What changed since the last view: a teacher's state, or a department's number of visited teachers.
export type CoverChange = CoverTeacherChange | CoverDepartmentChange;

export interface CoverDepartmentChange {
  readonly kind: 'department';
  readonly department: string;
  readonly fromDone: number;
  readonly toDone: number;
  readonly eligible: number;
  readonly rule: string;
}

export interface CoverTeacherChange {
  readonly kind: 'teacher';
  readonly teacher: string;
  readonly from: CoverState;
  readonly to: CoverState;
  readonly doneMs: number | null;
  readonly recordedLate: boolean;
  readonly rule: string;
}

export type RuleKind = 'policy' | 'coverageRule' | 'rubric' | 'calendar' | 'cycle' | 'person';

// Why a figure is another one than at the last view, where no row of the page tells it.
export type Reason =
  | {
      // The visit is behind another page now, or is withdrawn.
      readonly kind: 'movedAway' | 'mergedAway' | 'withdrawn';
      // Whose page it was on.
      readonly teacher: string;
      readonly lessonMs: number;
      readonly atMs: number;
    }
  // What it is counted by; `name`: the rule's title, or whose entry of the roster; empty: neither.
  | {
      readonly kind: 'rules';
      readonly rule: RuleKind;
      readonly name: string;
      readonly atMs: number;
    };

export interface Coverage {
  readonly halfTerm: HalfTerm;
  readonly when: 'before' | 'running' | 'over';
  readonly schoolDaysLeft: number;
  readonly rules: readonly RuleCover[];
  readonly complete: Completeness;
  readonly changes: readonly CoverChange[];
  // Latest first; beside `changes`.
  readonly reasons: readonly Reason[];
  readonly comingUp: readonly {
    readonly visitId: string;
    readonly teacher: string;
    readonly classCode: string;
    readonly lessonMs: number;
    readonly period: number | null;
  }[];
}

// --- Trends. ---

export type Statement =
  | { readonly kind: 'steady' }
  // In tenths of a level, positive.
  | { readonly kind: 'higher'; readonly tenths: number }
  | { readonly kind: 'lower'; readonly tenths: number }
  | { readonly kind: 'notYet'; readonly why: NotYet };

export type NotYet =
  | {
      readonly kind: 'sides';
      readonly before: number;
      readonly now: number;
      readonly needed: number;
    }
  | { readonly kind: 'observers'; readonly n: number; readonly needed: number }
  | { readonly kind: 'notSeen' }
  | { readonly kind: 'rubric'; readonly ms: number }
  | { readonly kind: 'answers'; readonly n: number };

// One lesson on a chart.
export interface Mark {
  readonly visitId: string;
  readonly level: number;
  readonly lessonMs: number;
  // Which of Trends.observers; null: this tablet does not know who.
  readonly observer: number | null;
  // The page can be opened on this tablet.
  readonly mayOpen: boolean;
}

// One element in one half-term, of one rubric version.
export interface Point {
  // 0: no lesson.
  readonly n: number;
  // Of a teacher: the middle level. Of a group: the mean of the teachers' means, in tenths.
  readonly value: number | null;
  // Of a group only.
  readonly teachers: number;
  readonly observers: number;
  readonly unresolved: number;
  readonly marks: readonly Mark[];
}

export interface ElementTrend {
  readonly element: number;
  readonly title: string;
  readonly levels: number;
  readonly levelWords: readonly string[];
  // As Trends.halfTerms.
  readonly points: readonly Point[];
  readonly n: number;
  readonly observers: number;
  readonly statement: Statement;
}

export interface TrendChange {
  readonly kind: 'lesson' | 'figure';
  // Of a lesson.
  readonly visitId: string;
  readonly lessonMs: number;
  readonly classCode: string;
  // Of a group's figure.
  readonly element: string;
  readonly fromN: number;
  readonly toN: number;
  readonly fromTenths: number | null;
  readonly toTenths: number | null;
}

export interface Trends {
  readonly of: 'teacher' | 'me' | 'department' | 'school';
  readonly name: string;
  // Oldest first, at most six; the last is the one asked for.
  readonly halfTerms: readonly HalfTerm[];
  // Between which half-terms the rubric changed: before halfTerms[i].
  readonly rubricChanges: readonly number[];
  // The rubric version as people write it.
  readonly rubric: string;
  readonly elements: readonly ElementTrend[];
  // By first lesson; at most as many as shapes go round.
  readonly observers: readonly { readonly name: string; readonly firstMs: number }[];
  readonly lessons: number;
  readonly teachers: readonly { readonly id: string; readonly name: string; readonly n: number }[];
  readonly complete: Completeness;
  readonly changes: readonly TrendChange[];
  // Latest first; beside `changes`.
  readonly reasons: readonly Reason[];
  // Lessons whose levels are left out, because their observer held no certificate; of a teacher only.
  readonly uncertified: number;
  // Lessons that a question or a choice keeps out of a figure.
  readonly waiting: number;
  // Fewer than the school's least number of teachers, to a reader from outside.
  readonly hidden: boolean;
}

// --- The department matrix. ---

export type MatrixCell =
  | {
      readonly kind: 'value';
      readonly tenths: number;
      readonly teachers: number;
      readonly lessons: number;
    }
  // Too little to say anything.
  | { readonly kind: 'notEnough'; readonly teachers: number; readonly lessons: number }
  // Left out, so that nobody can be worked out.
  | { readonly kind: 'hidden' };

export interface Matrix {
  readonly halfTerm: HalfTerm;
  // Live for senior leaders; else frozen at the end of the half-term.
  readonly frozenMs: number | null;
  // `short`: a word for the head of a narrow column.
  readonly elements: readonly {
    readonly number: number;
    readonly title: string;
    readonly short: string;
  }[];
  readonly levelWords: readonly string[];
  readonly rows: readonly {
    readonly org: string;
    readonly name: string;
    readonly cells: readonly MatrixCell[];
    // The department's trends may be opened.
    readonly mayOpen: boolean;
  }[];
  readonly complete: Completeness | null;
  // Since the last view; null: frozen figures say themselves when they were replaced.
  readonly changes:
    | readonly {
        readonly element: string;
        readonly department: string;
        readonly from: MatrixCell;
        readonly to: MatrixCell;
      }[]
    | null;
}

// --- Half-term figures for governors and partners. ---

export interface FrozenFigures {
  readonly halfTerm: HalfTerm;
  readonly frozenMs: number;
  // Null: never replaced.
  readonly replacedMs: number | null;
  readonly school: FrozenUnit;
  readonly departments: readonly FrozenUnit[];
}

// Schools side by side, each with its own frozen figures; nothing is added up over schools.
export interface FederationFigures {
  readonly halfTerm: HalfTerm;
  // The half-terms before and after it, as the server numbers them.
  readonly earlier: number;
  readonly later: number;
  // A to Z; empty: none has frozen this half-term.
  readonly schools: readonly FrozenUnit[];
  // Levels are compared within one rubric version only.
  readonly rubrics: readonly {
    readonly title: string;
    readonly elements: readonly {
      readonly title: string;
      // As `schools`; null: left out, or there was none.
      readonly tenths: readonly (number | null)[];
    }[];
  }[];
}

export interface FrozenUnit {
  readonly name: string;
  // When the newest of its figures was made; null: it has none.
  readonly madeMs: number | null;
  readonly coverage: readonly {
    readonly title: string;
    readonly done: number;
    readonly eligible: number;
  }[];
  // Null: left out, or there was none.
  readonly shareDays: number | null;
  readonly acknowledged: { readonly k: number; readonly n: number } | null;
  readonly steps: { readonly k: number; readonly n: number } | null;
  readonly levels: readonly {
    readonly element: string;
    readonly tenths: number;
    readonly teachers: number;
    readonly lessons: number;
  }[];
}

// --- Who has read about me. ---

export interface AboutMe {
  readonly readers: number;
  readonly readings: readonly {
    readonly name: string;
    readonly atMs: number;
    readonly act: 'feedback' | 'figures' | 'list' | 'other';
    readonly visits: number;
  }[];
  readonly more: boolean;
}

export interface Figures {
  readonly areas: Store<Loaded<Areas>>;
  readonly halfTerms: Store<readonly HalfTerm[]>;
  // h2 0: the half-term of today, or the nearest.
  readonly coverage: (org: string, h2: number) => Answered<Coverage>;
  // Of a colleague, for whoever leads them, and of oneself.
  readonly load: (teacher: string) => Answered<TeacherLoad>;
  readonly trendsOfTeacher: (teacher: string, h2: number) => Answered<Trends>;
  readonly trendsOfGroup: (org: string, h2: number) => Answered<Trends>;
  readonly matrix: (org: string, h2: number) => Answered<Matrix>;
  readonly frozen: (school: string, h2: number) => Answered<FrozenFigures>;
  readonly federation: (org: string, h2: number) => Answered<FederationFigures>;
  readonly pack: (org: string) => Answered<Pack>;
  readonly cycle: (org: string) => Answered<Cycle>;
  // What the person helps with where the area is of referrals, else what they lead or have opened.
  readonly help: (org: string) => Answered<Help>;
  readonly agreement: (school: string) => Answered<Agreement>;
  readonly management: (org: string) => Answered<Management>;
  readonly aboutMe: Answered<AboutMe>;
  // Asks again what is on the screen.
  readonly askAgain: () => void;
}

// The facts behind "Who can see this?". The app takes them from the merge core's Audience, the very
// function by which the server files; the words are made of them in words/who-can-see.ts.

import type { Kind, Phase } from './visit';

// Who reads a visit by their post. Nobody reads pages about themself, so a teacher who leads the
// department is read by senior leaders, and a senior leader by the head.
export interface LeadWords {
  // The department of the lesson whose head reads; null where no head of department does.
  readonly department: string | null;
  readonly seniorLeaders: boolean;
  // Where only heads read: their names.
  readonly heads: readonly string[];
}

export interface WhoFacts {
  readonly kind: Kind;
  readonly phase: Phase;
  // The reader of the words: as an observer, as the teacher, or by a post.
  readonly reader: 'observer' | 'teacher' | 'hod' | 'senior' | 'other';
  // The reader writes in this visit, with or without a post.
  readonly observes: boolean;
  readonly announced: boolean;
  // Names as the school says them; empty: a visit without a teacher.
  readonly teacher: string;
  // Observers other than the reader.
  readonly coObservers: readonly string[];
  readonly lead: LeadWords;
  // An open query names an element; empty: no open query. 'all' where it names none: its title is empty.
  readonly query: { readonly element: string } | null;
  readonly acknowledged: boolean;
  readonly referral: { readonly helper: string; readonly elements: readonly string[] } | null;
  // People whom the teacher lets read.
  readonly grants: readonly string[];
  // When the retention ends, or an informal note is deleted; null: not known here.
  readonly untilMs: number | null;
  readonly erasedMs: number | null;
  // Tablets that have not been in touch since the erasure.
  readonly tabletsBehind: number;
  readonly feedbackAsked: boolean;
  // Every reader that Audience names for my page, or the feedback where I have none, in order:
  // what the tick list shows.
  readonly readers: readonly WhoReader[];
  // The same after the next step, which has its own next (submit, share, close); null at the end.
  readonly next: { readonly step: 'submit' | 'share' | 'close'; readonly facts: WhoFacts } | null;
}

export interface WhoReader {
  readonly who: 'you' | 'teacher' | 'observer' | 'hod' | 'senior' | 'head' | 'granted' | 'helper';
  // A name, or a department's for 'hod'; empty for 'you' and 'senior'.
  readonly name: string;
  readonly sees: 'all' | 'exists' | 'nothing';
}

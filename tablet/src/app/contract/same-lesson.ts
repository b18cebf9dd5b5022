// Two visits that look like one lesson, and what their observer says of it. Nothing is joined by itself.

import type { Outcome } from '../contract';
import type { Kind } from './visit';
import type { WhoFacts } from './who';

export interface SameLesson {
  // The visit that would be given up, which I lead alone; and the one in which my page would go on.
  readonly mine: string;
  readonly theirs: string;
  readonly kind: Kind;
  readonly teacher: string;
  // Who leads the other one; empty: I do, too.
  readonly colleague: string;
  // Empty: not said.
  readonly classCode: string;
  readonly lessonMs: number;
  readonly period: number | null;
  // Who would see my page there.
  readonly who: WhoFacts;
  // I have begun feedback or steps in my visit, which cannot go along.
  readonly feedbackBegun: boolean;
}

export interface SameLessonGestures {
  // "Yes, one lesson": the server decides; a refusal is told on my visit, where everything then still is.
  readonly joinLessons: (mine: string, theirs: string) => Promise<Outcome>;
  // "No, two lessons": not asked again on this tablet.
  readonly keepTwoLessons: (mine: string, theirs: string) => Promise<Outcome>;
}

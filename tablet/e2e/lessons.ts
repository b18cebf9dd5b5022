// Lessons that were observed on other tablets, as lines of docs/workload.md.

import { randomUUID } from 'node:crypto';
import type { Member, School } from './school';

export interface ObservedLesson {
  readonly teacher: Member;
  readonly department: string;
  readonly observer: Member;
  readonly startMs: number;
  // By element number.
  readonly levels: Readonly<Record<number, number>>;
  // 'planned' stops after the plan, 'submitted' before the teacher may read it.
  readonly until: 'planned' | 'submitted' | 'shared';
  // What went well, where it is shared.
  readonly strength?: string;
  // On which tablet of the replay.
  readonly tablet?: number;
}

const minuteMs = 60_000;

export function linesOf(school: School, lesson: ObservedLesson): object[] {
  const { rubric, template } = school.forms;
  const visit = randomUUID();
  let at = lesson.startMs;
  const line = (what: object) => {
    at += minuteMs;
    return {
      phase: 1,
      tablet: lesson.tablet ?? 0,
      person: lesson.observer.id,
      at: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
      visit,
      ...what,
    };
  };
  const lines = [
    line({
      do: 'plan',
      kind: 'dept',
      teacher: lesson.teacher.id,
      department: lesson.department,
      lead: lesson.observer.id,
      observers: [{ person: lesson.observer.id }],
      announced: true,
      lesson_start: new Date(lesson.startMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      minutes: 45,
      class_code: '9M2',
      subject: 'Mathematics',
      room: 'M4',
      template,
      rubric_version: rubric,
    }),
  ];
  if (lesson.until === 'planned') return lines;
  for (const [element, level] of Object.entries(lesson.levels)) {
    lines.push(line({ do: 'rate', element: Number(element), level }));
  }
  if (lesson.until === 'shared') {
    lines.push(
      line({
        do: 'feedback',
        strengths: [{ key: randomUUID(), text: lesson.strength ?? 'Everyone had an answer.' }],
        priority: 'Wait longer.',
      }),
    );
  }
  lines.push(line({ do: 'submit' }));
  if (lesson.until === 'shared') lines.push(line({ do: 'share', round: 1 }));
  return lines;
}

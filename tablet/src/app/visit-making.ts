// New visits.
import { PlanSchema, VisitKind } from '#proto/observation_pb';
import { type Bytes, facetId, hex, newRecordId, unhex } from '../model/bytes';
import { Changes, type Value } from '../model/gesture';
import { byteLength } from '../model/value';
import { facetClass } from '../model/visit';
import type { Outcome, VisitChoice } from './contract';
import { type Desk, kindNumber } from './desk';
import type { AtDesk } from './gestures';
import { refused } from './writing';

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const mostOthers = 7;

export interface NewPlan {
  readonly kind: VisitKind;
  readonly teacher: string;
  readonly classCode: string;
  readonly room: string;
  readonly announced: boolean;
  readonly minutes: number;
  readonly lessonMs: number;
  readonly loadReason: string;
  readonly observerIds?: readonly string[];
}

export function planChanges(desk: Desk, plan: NewPlan, random: (size: number) => Bytes): Changes {
  const { directory, me } = desk;
  const teacher = plan.kind === VisitKind.SELF ? me : plan.teacher;
  const template = directory.templateFor(plan.kind);
  const department = directory.firstDepartment(teacher);
  const set: Record<string, Value> = {
    kind: plan.kind,
    teacher: unhex(teacher),
    lead: unhex(me),
    announced: plan.announced,
    lessonStartMs: plan.lessonMs,
    minutes: plan.minutes,
    joinCode: [...random(10)].map((byte) => letters[byte % letters.length]).join(''),
  };
  if (department !== '') set.departmentAtLesson = unhex(department);
  if (plan.classCode !== '') set.classCode = plan.classCode;
  if (plan.room !== '') set.room = plan.room;
  if (plan.loadReason !== '') set.loadReason = plan.loadReason;
  if (template !== null) {
    set.template = template.id;
    if (template.rubricVersion.length > 0) set.rubricVersion = template.rubricVersion;
  }
  const changes = new Changes(PlanSchema).entry('observers', unhex(me));
  for (const id of plan.observerIds ?? []) changes.entry('observers', unhex(id));
  for (const [name, value] of Object.entries(set)) changes.set(name, value);
  return changes;
}

export function visitGestures(at: () => AtDesk | null, random: (size: number) => Bytes) {
  return {
    openVisit: async (choice: VisitChoice): Promise<Outcome<{ readonly visitId: string }>> => {
      const here = at();
      return here === null ? refused('notAllowed') : openVisit(here, choice, random);
    },
    startVisit: async (visitId: string): Promise<Outcome> => {
      const here = at();
      if (here === null) return refused('notAllowed');
      const { writing } = here;
      return writing.note({ [`started/${visitId}`]: writing.now().wallMs });
    },
  };
}

export async function openVisit(
  { desk, writing }: AtDesk,
  choice: VisitChoice,
  random: (size: number) => Bytes,
): Promise<Outcome<{ readonly visitId: string }>> {
  if (choice.loadReason !== '' && [...choice.loadReason].length < 10)
    return refused('reasonTooShort');
  if (byteLength(choice.classCode) > 32 || byteLength(choice.room) > 32) return refused('tooLong');
  const others = new Set(choice.kind === 'TEAM' ? choice.observerIds : []);
  if (others.has(desk.me) || others.has(choice.teacherId ?? '') || others.size > mostOthers)
    return refused('notAllowed');
  const { wallMs } = writing.now();
  const record = newRecordId(wallMs, random(16));
  const id = hex(record);
  const plan: NewPlan = {
    ...choice,
    kind: kindNumber(choice.kind),
    teacher: choice.teacherId ?? desk.me,
    lessonMs: choice.lessonMs ?? desk.nowMs(),
    observerIds: [...others],
  };
  const local = choice.lessonMs === null ? { [`started/${id}`]: wallMs } : {};
  const changes = planChanges(desk, plan, random);
  const facet = hex(facetId(record, facetClass.plan));
  const written = await writing.write(id, null, [{ facet, changes }], local);
  return written.ok ? { ok: true, value: { visitId: id } } : written;
}

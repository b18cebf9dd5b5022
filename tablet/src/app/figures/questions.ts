// What is asked of the server for each page.

import { FrozenFederationReplySchema, FrozenSchoolReplySchema } from '#proto/aggregate_pb';
import { AgreementReplySchema } from '#proto/agreement_pb';
import { type AboutMeReply, AboutMeReplySchema } from '#proto/audit_pb';
import { HelpingReplySchema, HelpView } from '#proto/help_pb';
import { CycleReplySchema, WeeklyPackReplySchema } from '#proto/leadership_pb';
import { LoadReplySchema } from '#proto/load_pb';
import { ManagementReplySchema } from '#proto/management_pb';
import {
  CoverageReplySchema,
  DepartmentReplySchema,
  SchoolReplySchema,
  TeacherReplySchema,
  type Watermark,
} from '#proto/summary_pb';
import { ChangesReplySchema, HeatMapReplySchema } from '#proto/trend_pb';
import { unhex } from '../../model/bytes';
import type { Question } from './asking';

const seq = (reply: { watermark?: Watermark | undefined }) => reply.watermark?.asOfSeq ?? 0n;

export const coverageQuestion = (
  area: string,
  org: string,
  h2: number,
  numbersOnly: boolean,
): Question<typeof CoverageReplySchema> => ({
  key: `coverage/${org}/${h2}/${numbersOnly ? 'numbers' : 'teachers'}`,
  area,
  reply: CoverageReplySchema,
  ask: (calls, options, lastViewSeq) =>
    calls.summaries.coverage({ org: unhex(org), h2, numbersOnly, lastViewSeq }, options),
  seq,
});

export const teacherQuestion = (
  area: string,
  teacher: string,
  h2: number,
): Question<typeof TeacherReplySchema> => ({
  key: `teacher/${teacher}/${h2}`,
  area,
  reply: TeacherReplySchema,
  ask: (calls, options, lastViewSeq) =>
    calls.summaries.teacher(
      { teacher: unhex(teacher), h2, withLessons: true, lastViewSeq },
      options,
    ),
  seq,
});

export const departmentQuestion = (
  area: string,
  department: string,
  h2: number,
): Question<typeof DepartmentReplySchema> => ({
  key: `department/${department}/${h2}`,
  area,
  reply: DepartmentReplySchema,
  ask: (calls, options, lastViewSeq) =>
    calls.summaries.department(
      { department: unhex(department), h2, withTeachers: true, lastViewSeq },
      options,
    ),
  seq,
});

export const schoolQuestion = (
  area: string,
  school: string,
  h2: number,
): Question<typeof SchoolReplySchema> => ({
  key: `school/${school}/${h2}`,
  area,
  reply: SchoolReplySchema,
  ask: (calls, options, lastViewSeq) =>
    calls.summaries.school(
      { school: unhex(school), h2, withDepartments: true, lastViewSeq },
      options,
    ),
  seq,
});

// The first time nothing is listed: from then on there is a view to compare with.
const sinceNow = 1n << 62n;

export const changesQuestion = (
  area: string,
  of: { readonly teacher: string } | { readonly org: string },
  h2: number,
): Question<typeof ChangesReplySchema> => ({
  key: `changes/${'teacher' in of ? of.teacher : of.org}/${h2}`,
  area,
  reply: ChangesReplySchema,
  ask: (calls, options, lastViewSeq) => {
    const sinceSeq = lastViewSeq || sinceNow;
    const who = 'teacher' in of ? { teacher: unhex(of.teacher) } : { org: unhex(of.org) };
    return calls.practice.changes({ ...who, h2, sinceSeq }, options);
  },
  seq,
});

// h2 0: the last half-term that is frozen.
export const frozenQuestion = (
  area: string,
  school: string,
  h2: number,
): Question<typeof FrozenSchoolReplySchema> => ({
  key: `frozen/${school}/${h2}`,
  area,
  reply: FrozenSchoolReplySchema,
  ask: (calls, options) => calls.aggregates.frozenSchool({ school: unhex(school), h2 }, options),
  seq: () => 0n,
});

export const federationQuestion = (
  org: string,
  h2: number,
): Question<typeof FrozenFederationReplySchema> => ({
  key: `federation/${org}/${h2}`,
  area: org,
  reply: FrozenFederationReplySchema,
  ask: (calls, options) => calls.aggregates.frozenFederation({ org: unhex(org), h2 }, options),
  seq: () => 0n,
});

export const aboutMeQuestion: Question<typeof AboutMeReplySchema> = {
  key: 'about-me',
  area: 'me',
  reply: AboutMeReplySchema,
  ask: (calls, options): Promise<AboutMeReply> => calls.audit.aboutMe({}, options),
  seq: () => 0n,
};

export const loadQuestion = (area: string, org: string): Question<typeof LoadReplySchema> => ({
  key: `load/${org}`,
  area,
  reply: LoadReplySchema,
  ask: (calls, options) => calls.practice.load({ org: unhex(org) }, options),
  seq,
});

// The person's own; the others' above it are asked for a department at a time.
export const ownLoadQuestion = (person: string): Question<typeof LoadReplySchema> => ({
  key: 'load/me',
  area: 'me',
  reply: LoadReplySchema,
  ask: (calls, options) => calls.practice.load({ person: unhex(person) }, options),
  seq,
});

export const heatMapQuestion = (
  school: string,
  h2: number,
): Question<typeof HeatMapReplySchema> => ({
  key: `heat-map/${school}/${h2}`,
  area: school,
  reply: HeatMapReplySchema,
  ask: (calls, options) => calls.practice.heatMap({ school: unhex(school), h2 }, options),
  seq,
});

export const packQuestion = (org: string): Question<typeof WeeklyPackReplySchema> => ({
  key: `pack/${org}`,
  area: org,
  reply: WeeklyPackReplySchema,
  ask: (calls, options) => calls.practice.weeklyPack({ org: unhex(org) }, options),
  seq,
});

export const cycleQuestion = (org: string): Question<typeof CycleReplySchema> => ({
  key: `cycle/${org}`,
  area: org,
  reply: CycleReplySchema,
  ask: (calls, options) => calls.practice.cycle({ org: unhex(org) }, options),
  seq,
});

export const helpQuestion = (
  area: string,
  view: HelpView,
): Question<typeof HelpingReplySchema> => ({
  key: `help/${view}`,
  area,
  reply: HelpingReplySchema,
  ask: (calls, options) =>
    calls.practice.helping({ view, withTrends: view === HelpView.HELPER }, options),
  seq,
});

export const agreementQuestion = (school: string): Question<typeof AgreementReplySchema> => ({
  key: `agreement/${school}`,
  area: school,
  reply: AgreementReplySchema,
  ask: (calls, options) => calls.practice.agreement({ school: unhex(school) }, options),
  seq,
});

export const managementQuestion = (org: string): Question<typeof ManagementReplySchema> => ({
  key: `management/${org}`,
  area: org,
  reply: ManagementReplySchema,
  ask: (calls, options) => calls.practice.management({ org: unhex(org) }, options),
  seq,
});

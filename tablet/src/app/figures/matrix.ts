// Element by department. A senior leader's is live, of the teachers whom they may read about; everybody
// else's is frozen at the end of a half-term, with what could point at somebody left out.
import type { FrozenSchoolReply, FrozenUnit as FrozenUnitReply } from '#proto/aggregate_pb';
import { FrozenLoopPart } from '#proto/aggregate_pb';
import { OrgKind, type RubricVersion } from '#proto/directory_pb';
import type { GroupElementFigures, SchoolReply } from '#proto/summary_pb';
import { hex } from '../../model/bytes';
import type { FrozenFigures, FrozenUnit, Matrix, MatrixCell } from '../contract';
import type { Desk } from '../desk';
import { elementOf } from '../visit-page';
import { completenessOf } from './coverage';
import { halfTermOfNumber, halfTermsOf } from './half-terms';

// Tenths of a level, half up.
export const tenthsOf = (millionths: bigint): number => Number((millionths + 50_000n) / 100_000n);

export function levelWordsOf(rubric: RubricVersion | undefined): string[] {
  const first = rubric?.elements[0];
  return first === undefined ? [] : elementOf(first).levels.map(({ word }) => word);
}

function columnsOf(rubric: RubricVersion | undefined): {
  readonly elements: Matrix['elements'];
  readonly levelWords: readonly string[];
} {
  return {
    elements: (rubric?.elements ?? []).map((element) => {
      const { number, title, short } = elementOf(element);
      return { number, title, short };
    }),
    levelWords: levelWordsOf(rubric),
  };
}

function liveCell(figures: GroupElementFigures | undefined): MatrixCell {
  if (figures === undefined || figures.teachers === 0n) {
    return { kind: 'notEnough', teachers: 0, lessons: 0 };
  }
  return {
    kind: 'value',
    tenths: tenthsOf(figures.meanOfMeansMillionths),
    teachers: Number(figures.teachers),
    lessons: Number(figures.n),
  };
}

// Every department of the school, also those without a lesson, A to Z.
function departmentsOf(desk: Desk, reply: SchoolReply) {
  const { directory } = desk;
  const school = hex(reply.school);
  const departments = new Map<string, string>();
  for (const [id, { kind, name }] of directory.orgs) {
    if (kind === OrgKind.DEPARTMENT && directory.siteOf(id) === school) departments.set(id, name);
  }
  for (const { department, name } of reply.departments) departments.set(hex(department), name);
  return [...departments]
    .map(([org, name]) => ({ org, name }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

export function liveMatrix(desk: Desk, reply: SchoolReply): Matrix | null {
  const halfTerm = halfTermsOf(desk.directory).find(({ h2 }) => h2 === reply.h2);
  if (halfTerm === undefined) return null;
  const rubric = desk.directory.rubrics.get(
    hex(reply.watermark?.rubricVersion ?? new Uint8Array()),
  );
  const { elements, levelWords } = columnsOf(rubric);
  return {
    halfTerm,
    frozenMs: null,
    elements,
    levelWords,
    rows: departmentsOf(desk, reply).map(({ org, name }) => {
      const figures = reply.departments.find(({ department }) => hex(department) === org);
      const cells = elements.map(({ number }) =>
        liveCell(figures?.elements.find(({ element }) => element === number)),
      );
      return { org, name, cells, mayOpen: true };
    }),
    complete: completenessOf(reply.watermark),
    changes: null,
  };
}

// The rubric version that most of the frozen figures are of.
function rubricOf(desk: Desk, reply: FrozenSchoolReply): string {
  const counts = new Map<string, number>();
  for (const unit of [...(reply.school ? [reply.school] : []), ...reply.departments]) {
    for (const { rubricVersion } of unit.levels) {
      const id = hex(rubricVersion);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? [...desk.directory.rubrics.keys()][0] ?? '';
}

const frozenHalfTerm = (desk: Desk, { h2 }: FrozenSchoolReply) =>
  halfTermsOf(desk.directory).find((one) => one.h2 === h2) ?? halfTermOfNumber(h2);

export function frozenMatrix(desk: Desk, reply: FrozenSchoolReply): Matrix {
  const halfTerm = frozenHalfTerm(desk, reply);
  const rubricId = rubricOf(desk, reply);
  const { elements, levelWords } = columnsOf(desk.directory.rubrics.get(rubricId));
  const led = desk.departmentsLed();
  return {
    halfTerm,
    frozenMs: Number(reply.frozenMs),
    elements,
    levelWords,
    rows: reply.departments.map((unit) => ({
      org: hex(unit.org),
      name: unit.name,
      cells: elements.map(({ number }): MatrixCell => {
        const levels = unit.levels.find(
          ({ element, rubricVersion }) => element === number && hex(rubricVersion) === rubricId,
        );
        if (levels === undefined) return { kind: 'hidden' };
        return {
          kind: 'value',
          tenths: levels.meanTenths,
          teachers: levels.teachers,
          lessons: Number(levels.lessons),
        };
      }),
      mayOpen: led.includes(hex(unit.org)),
    })),
    complete: null,
    changes: null,
  };
}

export function frozenFigures(desk: Desk, reply: FrozenSchoolReply): FrozenFigures | null {
  if (reply.school === undefined) return null;
  const halfTerm = frozenHalfTerm(desk, reply);
  const unit = (one: FrozenUnitReply) => unitOf(desk, one);
  return {
    halfTerm,
    frozenMs: Number(reply.frozenMs),
    replacedMs: reply.replacedMs === 0n ? null : Number(reply.replacedMs),
    school: unit(reply.school),
    departments: reply.departments.map(unit),
  };
}

function unitOf(desk: Desk, unit: FrozenUnitReply): FrozenUnit {
  const part = (which: FrozenLoopPart) => unit.loop.find((loop) => loop.part === which);
  const ratio = (which: FrozenLoopPart) => {
    const loop = part(which);
    return loop === undefined ? null : { k: Number(loop.value), n: Number(loop.of) };
  };
  const sharing = part(FrozenLoopPart.SHARING);
  return {
    name: unit.name,
    coverage: unit.coverage.map(({ title, done, eligible }) => ({ title, done, eligible })),
    shareDays: sharing === undefined ? null : Number(sharing.value),
    acknowledged: ratio(FrozenLoopPart.ACKNOWLEDGEMENT),
    steps: ratio(FrozenLoopPart.STEPS),
    // Whoever holds no rubric is shown no level: a number without its words says nothing.
    levels: unit.levels.flatMap((levels) => {
      const rubric = desk.directory.rubrics.get(hex(levels.rubricVersion));
      const element = rubric?.elements.find(({ number }) => number === levels.element)?.title;
      if (element === undefined) return [];
      const { meanTenths: tenths, teachers, lessons } = levels;
      return [{ element, tenths, teachers, lessons: Number(lessons) }];
    }),
  };
}

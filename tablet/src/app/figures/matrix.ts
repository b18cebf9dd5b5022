// Element by department. A senior leader's is live, of the teachers whom they may read about; everybody
// else's is frozen at the end of a half-term, with what could point at somebody left out.
import {
  type FrozenFederationReply,
  type FrozenLevels,
  FrozenLoopPart,
  type FrozenSchoolReply,
  type FrozenUnit as FrozenUnitReply,
} from '#proto/aggregate_pb';
import type { RubricVersion } from '#proto/directory_pb';
import { type HeatCell, type HeatMapReply, HeatState } from '#proto/trend_pb';
import { hex } from '../../model/bytes';
import type { FederationFigures, FrozenFigures, FrozenUnit, Matrix, MatrixCell } from '../contract';
import type { Desk } from '../desk';
import { elementOf } from '../visit-page';
import { completenessOf } from './coverage';
import { halfTermOfNumber, halfTermsOf, stepFrom } from './half-terms';

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

function liveCell(cell: HeatCell): MatrixCell {
  const { teachers, lessons } = cell;
  if (cell.state !== HeatState.SHOWN) return { kind: 'notEnough', teachers, lessons };
  return { kind: 'value', tenths: tenthsOf(cell.meanOfMeansMillionths), teachers, lessons };
}

// Cells that are not what they were.
function changedCells(now: HeatMapReply, before: HeatMapReply | null): Matrix['changes'] {
  if (before === null || before.h2 !== now.h2) return [];
  return now.rows.flatMap(({ department, name, cells }) => {
    const was = before.rows.find((row) => hex(row.department) === hex(department));
    return cells.flatMap((cell) => {
      const old = was?.cells.find(({ element }) => element === cell.element);
      if (old === undefined) return [];
      const [from, to] = [liveCell(old), liveCell(cell)];
      if (old.lessons === cell.lessons && same(from, to)) return [];
      const element = now.columns.find((column) => column.element === cell.element)?.title ?? '';
      return [{ element, department: name, from, to }];
    });
  });
}

const same = (a: MatrixCell, b: MatrixCell) =>
  a.kind === b.kind && (a.kind !== 'value' || b.kind !== 'value' || a.tenths === b.tenths);

export function liveMatrix(desk: Desk, reply: HeatMapReply, before: HeatMapReply | null): Matrix {
  const rubric = desk.directory.rubrics.get(hex(reply.rubricVersion));
  const known = columnsOf(rubric ?? [...desk.directory.rubrics.values()][0]);
  return {
    halfTerm: halfTermIn(desk, reply),
    frozenMs: null,
    elements: known.elements.filter(({ number }) =>
      reply.columns.some(({ element }) => element === number),
    ),
    levelWords: known.levelWords,
    // Without a lesson there is no rubric, and a row has no cells.
    rows:
      reply.columns.length === 0
        ? []
        : reply.rows.map(({ department, name, cells }) => ({
            org: hex(department),
            name,
            cells: cells.map(liveCell),
            mayOpen: true,
          })),
    complete: completenessOf(reply.watermark),
    changes: changedCells(reply, before),
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

const halfTermIn = (desk: Desk, { h2 }: { readonly h2: number }) =>
  halfTermsOf(desk.directory).find((one) => one.h2 === h2) ?? halfTermOfNumber(h2);

export function frozenMatrix(desk: Desk, reply: FrozenSchoolReply): Matrix {
  const halfTerm = halfTermIn(desk, reply);
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

export function federationFigures(desk: Desk, reply: FrozenFederationReply): FederationFigures {
  interface Row {
    readonly title: string;
    readonly tenths: (number | null)[];
  }
  const rubrics = new Map<string, { title: string; elements: Map<number, Row> }>();
  reply.schools.forEach((school, at) => {
    for (const levels of school.levels) {
      const words = wordsOf(desk, levels);
      // A number without its words says nothing.
      if (words === null) continue;
      const id = hex(levels.rubricVersion);
      const rubric = rubrics.get(id) ?? { title: words.rubric, elements: new Map<number, Row>() };
      const row = rubric.elements.get(levels.element) ?? {
        title: words.element,
        tenths: reply.schools.map(() => null),
      };
      row.tenths[at] = levels.meanTenths;
      rubric.elements.set(levels.element, row);
      rubrics.set(id, rubric);
    }
  });
  const known = [...rubrics.values()].map(({ title, elements }) => ({
    title,
    elements: [...elements].sort(([a], [b]) => a - b).map(([, row]) => row),
  }));
  return {
    halfTerm: halfTermIn(desk, reply),
    earlier: stepFrom(reply.h2, -1),
    later: stepFrom(reply.h2, 1),
    schools: reply.schools.map((school) => unitOf(desk, school)),
    rubrics: known,
  };
}

export function frozenFigures(desk: Desk, reply: FrozenSchoolReply): FrozenFigures | null {
  if (reply.school === undefined) return null;
  const halfTerm = halfTermIn(desk, reply);
  const unit = (one: FrozenUnitReply) => unitOf(desk, one);
  return {
    halfTerm,
    frozenMs: Number(reply.frozenMs),
    replacedMs: reply.replacedMs === 0n ? null : Number(reply.replacedMs),
    school: unit(reply.school),
    departments: reply.departments.map(unit),
  };
}

// Of the directory; whoever holds none is told them by the server.
function wordsOf(
  desk: Desk,
  { rubricVersion, element, elementTitle, rubricTitle }: FrozenLevels,
): { readonly rubric: string; readonly element: string } | null {
  const rubric = desk.directory.rubrics.get(hex(rubricVersion));
  const held = rubric?.elements.find(({ number }) => number === element)?.title;
  if (rubric !== undefined && held !== undefined) {
    return { rubric: [rubric.title, rubric.version].filter(Boolean).join(', '), element: held };
  }
  return elementTitle === '' ? null : { rubric: rubricTitle, element: elementTitle };
}

function unitOf(desk: Desk, unit: FrozenUnitReply): FrozenUnit {
  const part = (which: FrozenLoopPart) => unit.loop.find((loop) => loop.part === which);
  const ratio = (which: FrozenLoopPart) => {
    const loop = part(which);
    return loop === undefined ? null : { k: Number(loop.value), n: Number(loop.of) };
  };
  const sharing = part(FrozenLoopPart.SHARING);
  const made = [...unit.coverage, ...unit.loop, ...unit.levels].map(({ madeMs }) => Number(madeMs));
  return {
    name: unit.name,
    madeMs: made.length === 0 ? null : Math.max(...made),
    coverage: unit.coverage.map(({ title, done, eligible }) => ({ title, done, eligible })),
    shareDays: sharing === undefined ? null : Number(sharing.value),
    acknowledged: ratio(FrozenLoopPart.ACKNOWLEDGEMENT),
    steps: ratio(FrozenLoopPart.STEPS),
    levels: unit.levels.flatMap((levels) => {
      const element = wordsOf(desk, levels)?.element;
      if (element === undefined) return [];
      const { meanTenths: tenths, teachers, lessons } = levels;
      return [{ element, tenths, teachers, lessons: Number(lessons) }];
    }),
  };
}

// A small school, and as much of a desk as pages of figures look at. For tests alone.
import { create } from '@bufbuild/protobuf';
import {
  OrgKind,
  OrgSchema,
  PersonSchema,
  type Role,
  RubricVersionSchema,
} from '#proto/directory_pb';
import { CoverageReplySchema, CoverageState } from '#proto/summary_pb';
import { hex } from '../../model/bytes';
import { Directory } from '../../model/directory';
import type { Desk } from '../desk';

export const dayMs = 86_400_000;
export const id = (n: number) => Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? n : 0));
export const school = id(1);
export const maths = id(2);
export const music = id(3);
export const me = id(9);
export const rubric = id(50);
export const today = 20_700;
export const nowMs = today * dayMs + dayMs / 2;

export type Grant = Desk['signed']['grants'][number];

export interface FakeDesk extends Desk {
  grants: Grant[];
  readonly local: Map<string, unknown>;
  seq: bigint;
}

// As much of a desk as pages of figures look at.
export function deskOf(people = 3): FakeDesk {
  const directory = new Directory();
  const org = (orgId: Uint8Array, kind: OrgKind, name: string, parent: Uint8Array) =>
    directory.orgs.set(hex(orgId), create(OrgSchema, { id: orgId, kind, name, parent }));
  org(school, OrgKind.SCHOOL, 'Northgate School', new Uint8Array(0));
  org(maths, OrgKind.DEPARTMENT, 'Mathematics', school);
  org(music, OrgKind.DEPARTMENT, 'Music', school);
  for (let n = 0; n < people; n += 1) {
    const person = id(100 + n);
    directory.people.set(
      hex(person),
      create(PersonSchema, {
        id: person,
        displayName: `Teacher ${n}`,
        departments: [{ org: maths }],
      }),
    );
  }
  directory.rubrics.set(
    hex(rubric),
    create(RubricVersionSchema, {
      id: rubric,
      title: 'Elements',
      version: 'A',
      elements: [
        { number: 1, title: 'Routines', levels: ['a', 'b', 'c', 'd'] },
        { number: 2, title: 'Purpose', levels: ['a', 'b', 'c', 'd'] },
      ],
    }),
  );
  const halfTerms = [1, 2, 3, 4, 5, 6].map((number) => ({
    number,
    startDay: today - 200 + number * 40,
    endDay: today - 170 + number * 40,
    closedDays: [],
  }));
  directory.calendar = { years: [{ firstYear: 2026, halfTerms }] } as never;
  const local = new Map<string, unknown>();
  const desk = {
    me: hex(me),
    directory,
    grants: [] as Grant[],
    local,
    seq: 1n,
    nowMs: () => nowMs,
    get signed() {
      return { grants: this.grants, durableSeq: 0n, lastContactMs: nowMs };
    },
    departmentsLed: () => [hex(maths)],
    holds: () => false,
    isSenior: false,
    allVisits: () => [],
    store: {
      base: {
        row: {
          get seq() {
            return desk.seq;
          },
        },
      },
      outbox: { row: { token: 'token', person: me } },
      facetsOf: () => [],
      local: (name: string) => local.get(name),
      localNames: (prefix: string) => [...local.keys()].filter((name) => name.startsWith(prefix)),
      setLocal: async (changes: Record<string, unknown>) => {
        for (const [name, value] of Object.entries(changes)) {
          if (value === undefined) local.delete(name);
          else local.set(name, value);
        }
      },
    },
  };
  return desk as unknown as FakeDesk;
}

export const grant = (role: Role, org: Uint8Array, toDay = 0): Grant => ({
  ...({} as Grant),
  role,
  org: hex(org),
  fromDay: 1,
  toDay,
});

export const coverage = (states: readonly CoverageState[], seq = 1n) =>
  create(CoverageReplySchema, {
    h2: 26 * 8 + 5,
    org: maths,
    watermark: { asOfSeq: seq },
    rules: [
      {
        rule: id(70),
        title: 'Once a half-term',
        department: maths,
        departmentName: 'Mathematics',
        done: states.filter((state) => state === CoverageState.DONE).length,
        eligible: states.length,
        teachers: states.map((state, n) => ({
          teacher: id(100 + n),
          displayName: `Teacher ${n}`,
          state,
          done: state === CoverageState.DONE ? 1 : 0,
        })),
      },
    ],
  });

// Long lists for the gallery: a year of a school's visits, and ten rooms of a walk.

import type { VisitRow, Walk } from '../../src/app/contract';
import { at, day, kaur, osei } from './lesson';

const names = [
  'Miss Adeleke',
  'Mr Blackwood',
  'Mrs Castellan',
  'Mr Dunmore',
  'Ms Kaur',
  'Mr Pryce',
];

export function rows(n: number): readonly VisitRow[] {
  return Array.from({ length: n }, (_, index) => {
    const name = names[index % names.length] ?? '';
    const planned = index < 3;
    return {
      id: ['draft', 'composing', 'informal'][index] ?? `row${index}`,
      kind: index % 5 === 4 ? 'INFORMAL' : 'DEPT',
      teacher: { ...kaur, name },
      observers: [osei],
      classCode: `${7 + (index % 5)}M${1 + (index % 4)}`,
      room: `M${1 + (index % 6)}`,
      lessonMs: planned ? at(`${10 + index}:15`) : at('09:14') - index * 3_600_000,
      period: planned ? index + 2 : null,
      kept:
        index % 3 === 0
          ? { state: 'onTablet', at: { kind: 'at', ms: at('09:12') } }
          : { state: 'stored', at: { kind: 'at', ms: day(11, 20) } },
      shown: planned
        ? { state: 'none' }
        : index % 2 === 0
          ? { state: 'shared', version: 1, at: { kind: 'at', ms: day(11, 20) } }
          : {
              state: 'acknowledged',
              version: 1,
              at: { kind: 'at', ms: day(11, 21) },
              changedSince: false,
            },
      mine: true,
      toMe: false,
      planned,
      draft: false,
      waiting: index % 3 === 0,
      question: index === 5,
    };
  });
}

export function rooms(endedMs: number | null): Walk {
  const teachers = [
    ['M1', 'Mr Osei', '8M1', 2],
    ['M2', 'Miss Adeleke', '10M3', 1],
    ['M3', 'Mr Pryce', '7M4', 3],
    ['M4', 'Ms Kaur', '9M2', 6],
    ['S1', 'Dr Lindqvist', '11S1', 4],
    ['S2', 'Mrs Farrow', '8S2', 1],
    ['S3', 'Mr Haddad', '10S4', 4],
    ['S4', '', '9S1', null],
    ['E1', 'Ms Oyelaran', '7E2', 7],
    ['E2', 'Mr Blythe', '9E3', null],
  ] as const;
  const marks = ['seen', 'praise', 'help'] as const;
  return {
    id: 'walk',
    startedMs: at('09:02'),
    endedMs,
    period: 2,
    order: 'department',
    orderLabel: 'Mathematics',
    rooms: teachers.map(([room, name, classCode, weeks], index) => ({
      id: room,
      room,
      teacher: name ? { id: room, name, initials: 'XX' } : null,
      classCode,
      weeksSinceSeen: weeks,
      mark: marks[index] ?? null,
      atMs: index < 3 ? at(`09:${String(2 + index * 5).padStart(2, '0')}`) : null,
      praise: index === 1 ? 'Calm start, everyone writing' : '',
      offer: marks[index] === 'help' ? 'offer' : null,
      others: [],
    })),
    openRoomId: 'M4',
    lastRoomId: 'M2',
    levelsSinceMs: null,
    praiseTags: ['Warm welcome', 'Real wait', 'Enough turns'],
    department: 'Mathematics',
  };
}

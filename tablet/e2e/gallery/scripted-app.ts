// An app whose state is a script: what the gallery of screens draws. Gestures change nothing but a
// few switches that a picture needs; the real app is tried by the specs beside this folder.

import type { App, Loaded, Outcome, Store, TabletState, Visit } from '../../src/app/contract';
import { begunLesson, oneLesson, openDoors } from './doors';
import { scriptedFigures } from './figures';
import {
  at,
  brandt,
  composing,
  day,
  draft,
  elements,
  informal,
  kaur,
  moss,
  now,
  offer,
  osei,
  received,
  value,
  zone,
} from './lesson';
import { rooms, rows } from './lists';
import { scriptedOffice } from './office';
import { offered, steps } from './practice';
import { teamOpen, teamWaiting } from './team';

const done = async (): Promise<Outcome> => ({ ok: true, value: null });

function store<T>(first: T) {
  let current = first;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set: (next: T) => {
      current = next;
      for (const listener of listeners) listener();
    },
    subscribe: (changed: () => void) => {
      listeners.add(changed);
      return () => {
        listeners.delete(changed);
      };
    },
  };
}

const ready = <T>(one: T): Loaded<T> => ({ kind: 'ready', value: one });

export type Scene =
  | 'busy'
  | 'large'
  | 'empty'
  | 'offline'
  | 'people'
  | 'unenrolled'
  | 'locked'
  | 'trouble';

export function scriptedApp(scene: Scene): App {
  const empty = scene === 'empty';
  const online = scene !== 'offline';
  const people = [osei, kaur, brandt, moss].map((person, index) => ({
    ...person,
    unsent: [3, 0, 12, 1][index] ?? 0,
    lastUsedMs: now - index * 3_600_000,
    pinTriesLeft: 10,
    waitUntilMs: null,
    needsPin: false,
    signInEnded: false,
  }));
  const tablet: TabletState = {
    stage: scene === 'people' || scene === 'unenrolled' || scene === 'locked' ? scene : 'open',
    school: scene === 'unenrolled' ? '' : 'Northgate School',
    label: scene === 'unenrolled' ? '' : 'Office tablet',
    provider: empty ? '' : 'Google',
    people,
    person: osei,
    third: empty ? null : { place: 'department', label: 'Mathematics' },
    mayWalk: !empty,
    badges: { today: empty ? 0 : 2, forMe: empty ? 0 : 1 },
    otherTab: scene === 'trouble',
    notInstalled: false,
    fetching: scene === 'trouble' ? { done: 120, of: 800 } : null,
  };
  const visits: Record<string, Visit> = {
    draft,
    composing,
    received,
    informal,
    offer,
    'team-waiting': teamWaiting,
    'team-open': teamOpen,
  };
  const visitStores = new Map<string, Store<Loaded<Visit>>>();
  const many = rows(empty ? 0 : 7000);
  const walks = { walk: store(ready(rooms(null))), ended: store(ready(rooms(at('09:36')))) };
  const known = {
    nowMs: () => now + performance.now(),
    zone: store(zone),
    tablet: store(tablet),
    header: store({
      online,
      unsent: empty ? 0 : online ? 3 : 7,
      oldestMs: empty ? null : at('09:12'),
      sending: null,
      puttingBack: null,
      colleagues: empty ? null : { people: 2, oldestDays: 3 },
      cannotSave: false,
      newerApp: scene === 'trouble',
    }),
    waiting: store({
      items: empty
        ? []
        : [
            {
              visitId: 'draft',
              title: 'Ms Kaur · 9M2',
              changes: 12,
              sinceMs: at('09:12'),
              kept: 'onTablet' as const,
            },
            {
              visitId: 'composing',
              title: 'Mr Pryce · 10M2',
              changes: 1,
              sinceMs: day(11, 20),
              kept: 'parked' as const,
            },
          ],
      notices: empty
        ? []
        : [
            { kind: 'old' as const, sinceMs: day(11, 19) },
            { kind: 'clock' as const, minutes: 7200, visits: 2 },
            { kind: 'refused' as const, reason: 'alreadyShared' as const, visitId: 'composing' },
          ],
      lastContact: empty ? null : { kind: 'at' as const, ms: day(11, 23, 15) },
      clockMinutes: empty ? null : 7200,
      files: empty ? null : { changes: 14, stuck: 0 },
      colleagues: empty ? null : { people: 2, oldestDays: 3 },
    }),
    storage: store({
      installed: !empty,
      persistent: empty ? null : true,
      openByMs: empty || scene === 'people' ? day(11, 29) : null,
      usedMb: 42,
      leftMb: 8000,
      appVersion: '0.1.0',
      coreHash: '3f6b2c9a41de',
    }),
    settings: store({
      theme: 'system' as const,
      textSize: scene === 'large' ? (200 as const) : (100 as const),
      hand: 'right' as const,
      keep: 'recent' as const,
      keys: true,
      lockVisitMin: 5,
      lockMin: 2,
    }),
    today: store(
      ready({
        yourTurn: empty
          ? []
          : [
              { kind: 'question' as const, questionId: 'q1', n: 2, classCode: '9M2' },
              {
                kind: 'readyToShare' as const,
                visitId: 'composing',
                teacher: 'Ms Kaur',
                schoolDays: 3,
              },
              { kind: 'offer' as const, visitId: 'offer', teacher: 'Mr Pryce' },
              { kind: 'newFeedback' as const, visitId: 'received', observer: 'Mr Osei' },
            ],
        plan: empty ? [] : many.filter((row) => row.planned).slice(0, 3),
        news: empty
          ? []
          : [
              {
                kind: 'praise' as const,
                visitId: 'received',
                observer: 'Dr Moss',
                text: 'Calm start, everyone writing',
                atMs: at('08:55'),
              },
              {
                kind: 'acknowledged' as const,
                visitId: 'composing',
                teacher: 'Miss Adeleke',
                version: 1,
                atMs: day(11, 23, 16),
              },
            ],
      }),
    ),
    visits: store(ready(many)),
    newVisit: store(
      ready({
        teachers: [
          'Miss Adeleke',
          'Mr Blackwood',
          'Mrs Castellan',
          'Mr Dunmore',
          'Ms Kaur',
          'Mr Pryce',
        ].map((name) => ({
          id: name,
          name,
          initials: name.slice(-2),
          departmentId: 'ma',
          department: 'Mathematics',
          kinds: ['DEPT', 'WALK', 'TEAM', 'INFORMAL'] as const,
          classCodes: ['9M2', '7M4'],
          rooms: ['M4'],
          lead: { department: 'Mathematics', seniorLeaders: true, heads: [] },
          myPost: null,
        })),
        maySelf: true,
        graded: { DEPT: true, INFORMAL: false, WALK: false },
      }),
    ),
    walkChoices: store(
      ready(
        empty
          ? []
          : [
              { id: 'w1', order: 'leastRecent' as const, label: '', rooms: 10 },
              { id: 'w2', order: 'department' as const, label: 'Mathematics', rooms: 16 },
            ],
      ),
    ),
    questions: store(
      ready(
        empty
          ? []
          : [
              {
                id: 'q1',
                visitId: 'draft',
                teacher: 'Ms Kaur',
                classCode: '9M2',
                lessonMs: at('09:14'),
                field: 'level' as const,
                element: 'Questioning',
                name: null,
                values: [
                  value({
                    level: 2,
                    notes:
                      draft.mySheet?.notes
                        .filter((one) => one.element === 4)
                        .map(({ id, atMs, text }) => ({ id, atMs, text })) ?? [],
                  }),
                  value({
                    level: 3,
                    tablet: 'the office tablet',
                    at: { kind: 'at', ms: at('16:05') },
                    notes: [
                      {
                        id: 'x',
                        atMs: at('09:47'),
                        text: 'Three pupils answer each other without a prompt.',
                      },
                    ],
                  }),
                ],
                merged: null,
                levels: elements[3]?.levels ?? [],
                blocksSharing: true,
              },
              {
                id: 'q2',
                visitId: 'composing',
                teacher: 'Mr Pryce',
                classCode: '10M2',
                lessonMs: day(11, 20),
                field: 'shortText' as const,
                element: '',
                name: 'priority' as const,
                values: [
                  value({ text: 'Give pairs thirty seconds before the two hardest questions.' }),
                  value({
                    text: 'Choose names before the question.',
                    tablet: 'the office tablet',
                    at: {
                      kind: 'between',
                      fromMs: day(11, 20, 8),
                      toMs: day(11, 23, 16),
                      saidMs: day(11, 22, 11),
                    },
                  }),
                ],
                merged:
                  'Give pairs thirty seconds before the two hardest questions. Choose names before the question.',
                levels: [],
                blocksSharing: true,
              },
            ],
      ),
    ),
    receipts: store(
      empty
        ? []
        : [
            {
              id: 'r1',
              atMs: at('09:30'),
              rows: [
                {
                  kind: 'notes' as const,
                  classCode: '9M2',
                  here: 9,
                  there: 5,
                  tablet: 'the office tablet',
                  total: 14,
                },
                {
                  kind: 'tallies' as const,
                  here: 7,
                  there: 4,
                  total: 11,
                  name: 'questions by name',
                },
                {
                  kind: 'field' as const,
                  field: 'room' as const,
                  value: 'M4',
                  tablet: 'the office tablet',
                },
                {
                  kind: 'questions' as const,
                  n: 2,
                  what: ['Questioning in 9M2', 'one sentence in the feedback for Mr Pryce'],
                },
              ],
              sent: 12,
              stored: 12,
              received: 4,
              seen: true,
            },
          ],
    ),
    figures: scriptedFigures(scene),
    ...scriptedOffice(scene),
    colleagues: store(
      [kaur, moss, brandt].map(({ id, name }) => ({ id, name, department: 'Mathematics' })),
    ),
    helpForMe: store(ready(empty ? [] : offered)),
    steps: store(ready(empty ? [] : steps)),
    forMe: store(
      ready({
        feedback: empty
          ? []
          : [
              {
                visitId: 'received',
                observer: 'Mr Osei',
                kind: 'DEPT' as const,
                classCode: '9M2',
                lessonMs: at('09:14'),
                version: 2,
                sharedMs: day(11, 26),
                acknowledged: 1,
                praise: '',
              },
            ],
        steps: empty
          ? []
          : [
              {
                visitId: 'received',
                stepId: 's1',
                text: 'In each 9M2 lesson this fortnight, ask two pupils by name who have not put a hand up.',
                element: 'Questioning',
                dueMs: day(12, 11),
                looksIn: 'Mr Osei',
                droppedBecause: '',
                status: 'open' as const,
                mine: true,
              },
            ],
        praise: empty
          ? []
          : [
              {
                kind: 'praise' as const,
                visitId: 'received',
                observer: 'Dr Moss',
                text: 'Calm start, everyone writing',
                atMs: at('08:55'),
              },
            ],
        load: empty ? null : { visits: 2, ofVisits: 3, minutes: 95, ofMinutes: 180 },
        readers: empty
          ? null
          : [{ name: 'Mr Osei', role: 'Head of Mathematics', atMs: day(11, 23, 12) }],
      }),
    ),
    sameLessons: store(ready(scene === 'trouble' ? [oneLesson, begunLesson] : [])),
    doors: store(ready(empty ? { ...openDoors(true), doors: [] } : openDoors(online))),
    additions: store(
      ready({
        asOfMs: empty ? null : at('09:30'),
        items: empty
          ? []
          : [
              {
                id: '41',
                visitId: 'composing',
                title: 'Mr Pryce · 10M2',
                author: 'Mrs Brandt',
                page: 'sheet' as const,
                fromMs: day(11, 20, 8),
                toMs: day(11, 23, 16),
                reason: 'roleEnded' as const,
                mayTakeIn: true,
                asked: false,
                leftBecause: null,
              },
              {
                id: '42',
                visitId: 'received',
                title: 'Ms Kaur · 9M2',
                author: 'Dr Moss',
                page: 'answers' as const,
                fromMs: day(11, 19, 8),
                toMs: day(11, 19, 16),
                reason: 'closed' as const,
                mayTakeIn: true,
                asked: false,
                leftBecause: 'It was said in person on Friday.',
              },
            ],
      }),
    ),
    more: store(
      ready({
        roles: empty
          ? []
          : [
              { role: 'HOD', org: 'Mathematics', fromMs: day(9, 1), untilMs: null },
              { role: 'COACH', org: '', fromMs: day(9, 1), untilMs: day(12, 18) },
            ],
      }),
    ),
    visit: (id: string): Store<Loaded<Visit>> => {
      const found = visitStores.get(id);
      if (found) return found;
      const known = visits[id];
      const made: Store<Loaded<Visit>> = store<Loaded<Visit>>(
        known ? ready(known) : { kind: 'nothing' },
      );
      visitStores.set(id, made);
      return made;
    },
    walk: (id: string) => (id === 'ended' ? walks.ended : walks.walk),
  };
  // Every gesture is taken.
  return new Proxy(known, {
    get: (target, name) => Reflect.get(target, name) ?? done,
  }) as unknown as App;
}

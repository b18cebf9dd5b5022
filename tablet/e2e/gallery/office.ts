// The office and one's own sign-ins, for the gallery.

import type { App, Loaded, Office, SignIns, Store } from '../../src/app/contract';
import { at, day, kaur, moss, osei } from './lesson';

const ready = <T>(value: T): Loaded<T> => ({ kind: 'ready', value });
const fixed = <T>(value: T): Store<T> => ({ get: () => value, subscribe: () => () => {} });
const done = async () => ({ ok: true, value: null }) as const;
const nothing = async () => {};

const sessions = [
  {
    id: 's1',
    tabletLabel: 'Office tablet',
    sinceMs: day(11, 20),
    seenMs: at('09:12'),
    endsMs: day(11, 30),
    here: true,
  },
  {
    id: 's2',
    tabletLabel: 'Mathematics 2',
    sinceMs: day(10, 5),
    seenMs: null,
    endsMs: day(11, 27),
    here: false,
  },
];

// 'trouble': an account that does not add up. 'offline': no answer.
export function scriptedOffice(scene: string): Pick<App, 'office' | 'signIns'> {
  const empty = scene === 'empty';
  const asked = <T>(value: T, none: T): Store<Loaded<T>> => {
    if (scene === 'offline') return fixed({ kind: 'failed', code: 'offline' });
    return fixed(ready(empty ? none : value));
  };
  const invitation = {
    name: kaur.name,
    code: 'ABCDE-FGHJK',
    link: 'https://halfterm.northgate.example/#join=northgate.AAAAAAAAAAAAAAAAAAAAAA',
    endsMs: at('09:50'),
  };
  const account = {
    pushed: 348_112,
    committed: scene === 'trouble' ? 347_958 : 347_960,
    late: 121,
    parked: 27,
    erased: 4,
    addsUp: scene !== 'trouble',
    aside: [
      { kind: 'late' as const, reason: 'roleEnded' as const, changes: 121, takenIn: 118 },
      { kind: 'parked' as const, reason: 'closed' as const, changes: 20, takenIn: 0 },
      { kind: 'parked' as const, reason: 'damaged' as const, changes: 7, takenIn: 0 },
    ],
    erasedRecords: 1,
  };
  const none = {
    pushed: 0,
    committed: 0,
    late: 0,
    parked: 0,
    erased: 0,
    addsUp: true,
    aside: [],
    erasedRecords: 0,
  };
  const office: Office = {
    may: fixed({ people: true, account: true }),
    people: fixed(empty ? [] : [kaur, moss, osei].map(({ id, name }) => ({ id, name }))),
    signedIn: () => asked(sessions.slice(1), []),
    tablets: asked(
      [
        {
          id: 't1',
          label: 'Mathematics 2',
          joinedMs: day(9, 3),
          seenMs: day(11, 12),
          app: 'Halfterm 0.1.0',
          people: 3,
          endedMs: null,
          here: false,
        },
        {
          id: 't2',
          label: 'Office tablet',
          joinedMs: day(9, 1),
          seenMs: at('09:12'),
          app: 'Halfterm 0.1.0',
          people: 1,
          endedMs: null,
          here: true,
        },
        {
          id: 't3',
          label: 'Science 1',
          joinedMs: day(9, 1),
          seenMs: null,
          app: '',
          people: 0,
          endedMs: day(11, 2),
          here: false,
        },
      ],
      [],
    ),
    account: asked(account, none),
    lookAtPerson: nothing,
    lookAtTablets: nothing,
    lookAtAccount: nothing,
    invite: async () => ({ ok: true, value: invitation }),
    endSession: done,
    endTablet: done,
  };
  const signIns: SignIns = {
    mine: asked(sessions, sessions.slice(0, 1)),
    passphrase: fixed({ name: 'daniel.osei', isTheirs: !empty }),
    look: nothing,
    end: done,
    setPassphrase: done,
    setByCode: done,
  };
  return { office, signIns };
}

// What administrators see and do: who is signed in on which tablet, invitations, and the account of
// everything that was pushed. Counts, labels and times; nothing that anybody wrote.
import { Role } from '#proto/directory_pb';
import type { CountsReply } from '#proto/disposition_pb';
import { Disposition } from '#proto/sync_pb';
import { hex, unhex } from '../model/bytes';
import { type Calls, withToken } from '../transport/calls';
import { Asked } from './asked';
import { online } from './call-problems';
import type { Accounted, Invitation, Office, Outcome, SchoolTablet, SignedIn } from './contract';
import { type Desk, parkReason } from './desk';
import { Derived } from './observable';
import { signedIn, tokenOf } from './sign-ins';
import { done, refused } from './writing';

export interface OfficeFor {
  readonly calls: Pick<Calls, 'accounts' | 'keeping'>;
  readonly desk: () => Desk | null;
  // This tablet; empty before it has joined.
  readonly device: () => string;
  // Where the app is, for an invitation's link.
  readonly address: () => string;
}

const grouped = (code: string) => `${code.slice(0, 5)}-${code.slice(5)}`;

function linkOf(address: string, school: string, secret: Uint8Array): string {
  const letters = btoa(String.fromCharCode(...secret));
  const text = letters.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${address}#join=${encodeURIComponent(school)}.${text}`;
}

// Several of the server's reasons are one in words.
function asideOf(reply: CountsReply): Accounted['aside'] {
  const rows = new Map<string, Accounted['aside'][number]>();
  for (const one of reply.kept) {
    const kind = one.disposition === Disposition.LATE ? ('late' as const) : ('parked' as const);
    const reason = parkReason(one.reason);
    const before = rows.get(`${kind} ${reason}`);
    rows.set(`${kind} ${reason}`, {
      kind,
      reason,
      changes: (before?.changes ?? 0) + Number(one.groups),
      takenIn: (before?.takenIn ?? 0) + Number(one.released),
    });
  }
  return [...rows.values()];
}

function accounted(reply: CountsReply): Accounted {
  return {
    pushed: Number(reply.pushed),
    committed: Number(reply.committed),
    late: Number(reply.late),
    parked: Number(reply.quarantined),
    erased: Number(reply.erased),
    addsUp: reply.accountsForEverything,
    aside: asideOf(reply),
    erasedRecords: Number(reply.erasedRecords),
  };
}

export class SchoolOffice implements Office {
  readonly #for: OfficeFor;
  readonly may: Derived<{ readonly people: boolean; readonly account: boolean }>;
  readonly people: Derived<readonly { readonly id: string; readonly name: string }[]>;
  readonly tablets = new Asked<readonly SchoolTablet[]>();
  readonly account = new Asked<Accounted>();
  readonly #sessions = new Map<string, Asked<readonly SignedIn[]>>();
  #of: Desk | null = null;

  constructor(officeFor: OfficeFor) {
    this.#for = officeFor;
    this.may = new Derived(() => {
      const desk = officeFor.desk();
      const people = desk?.holds(Role.ADMIN) ?? false;
      return { people, account: people || (desk?.holds(Role.DPO) ?? false) };
    });
    this.people = new Derived(() => {
      const people =
        officeFor.desk()?.directory.people ?? new Map<string, { displayName: string }>();
      return [...people]
        .map(([id, { displayName }]) => ({ id, name: displayName }))
        .sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
    });
  }

  // After each change on the tablet: what one person asked is not for the next.
  changed() {
    this.may.invalidate();
    this.people.invalidate();
    const desk = this.#for.desk();
    if (desk === this.#of) return;
    this.#of = desk;
    this.tablets.forget();
    this.account.forget();
    for (const sessions of this.#sessions.values()) sessions.forget();
  }

  readonly signedIn = (personId: string): Asked<readonly SignedIn[]> => {
    const known = this.#sessions.get(personId) ?? new Asked<readonly SignedIn[]>();
    this.#sessions.set(personId, known);
    return known;
  };

  readonly lookAtPerson = async (personId: string): Promise<void> => {
    const desk = this.#for.desk();
    if (desk === null) return;
    await this.signedIn(personId).ask(async () => {
      const whose = { person: unhex(personId) };
      const { sessions } = await this.#for.calls.accounts.listSessions(whose, tokenOf(desk));
      return sessions.map(signedIn);
    });
  };

  readonly lookAtTablets = async (): Promise<void> => {
    const desk = this.#for.desk();
    if (desk === null) return;
    await this.tablets.ask(async () => {
      const reply = await this.#for.calls.accounts.listTablets({}, tokenOf(desk));
      return reply.tablets.map((tablet) => ({
        id: hex(tablet.device),
        label: tablet.label,
        joinedMs: Number(tablet.enrolledMs),
        seenMs: tablet.seenMs === 0n ? null : Number(tablet.seenMs),
        app: tablet.app,
        people: tablet.people,
        endedMs: tablet.endedMs === 0n ? null : Number(tablet.endedMs),
        here: hex(tablet.device) === this.#for.device(),
      }));
    });
  };

  readonly lookAtAccount = async (): Promise<void> => {
    const desk = this.#for.desk();
    if (desk === null) return;
    await this.account.ask(async () =>
      accounted(await this.#for.calls.keeping.counts({}, tokenOf(desk))),
    );
  };

  readonly invite = async (personId: string): Promise<Outcome<Invitation>> => {
    const desk = this.#for.desk();
    if (desk === null) return refused('notAllowed');
    let made: Invitation | null = null;
    const options = withToken(desk.store.outbox.row.token);
    const outcome = await online(async () => {
      const reply = await this.#for.calls.accounts.invite({ person: unhex(personId) }, options);
      made = {
        name: reply.person?.displayName ?? '',
        code: grouped(reply.code),
        link: linkOf(this.#for.address(), reply.school, reply.secret),
        endsMs: Number(reply.expiresMs),
      };
      return done;
    }, {});
    if (!outcome.ok) return outcome;
    return made === null ? refused('notAllowed') : { ok: true, value: made };
  };

  readonly endSession = async (id: string, personId: string): Promise<Outcome> => {
    const desk = this.#for.desk();
    if (desk === null) return refused('notAllowed');
    const outcome = await online(async () => {
      await this.#for.calls.accounts.endSession({ session: unhex(id) }, tokenOf(desk));
      return done;
    }, {});
    await this.lookAtPerson(personId);
    return outcome;
  };

  readonly endTablet = async (id: string): Promise<Outcome> => {
    const desk = this.#for.desk();
    if (desk === null) return refused('notAllowed');
    const outcome = await online(async () => {
      await this.#for.calls.accounts.endTablet({ device: unhex(id) }, tokenOf(desk));
      return done;
    }, {});
    await this.lookAtTablets();
    return outcome;
  };
}

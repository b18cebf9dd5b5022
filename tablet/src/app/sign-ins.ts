// Where somebody is signed in, what they end of it, and their passphrase.
import { Code, ConnectError } from '@connectrpc/connect';
import type { SessionInfo } from '#proto/account_pb';
import { hex, unhex } from '../model/bytes';
import { type AccountCalls, withToken } from '../transport/calls';
import { Asked } from './asked';
import { online } from './call-problems';
import type { Outcome, SignedIn, SignIns } from './contract';
import type { Desk } from './desk';
import { Derived } from './observable';
import { done, refused } from './writing';

// The passphrase that this tablet made when the person joined by a code, until they set one of their own.
export const madePassphrase = 'madePassphrase';

const fewestCharacters = 12;

export const tokenOf = (desk: Desk) => withToken(desk.store.outbox.row.token);

export const signedIn = (session: SessionInfo): SignedIn => ({
  id: hex(session.session),
  tabletLabel: session.deviceLabel,
  sinceMs: Number(session.openedMs),
  seenMs: session.seenMs === 0n ? null : Number(session.seenMs),
  endsMs: session.expiresMs === 0n ? null : Number(session.expiresMs),
  here: session.own,
});

export interface SignInsFor {
  readonly accounts: AccountCalls;
  readonly desk: () => Desk | null;
  // What the person types to sign in, as the tablet has it.
  readonly signInName: (personId: string) => string;
  readonly choosePassphrase: (code: string, next: string) => Promise<Outcome>;
}

export class OwnSignIns implements SignIns {
  readonly #for: SignInsFor;
  readonly mine = new Asked<readonly SignedIn[]>();
  readonly passphrase: Derived<{ readonly name: string; readonly isTheirs: boolean }>;
  #of: Desk | null = null;

  constructor(signInsFor: SignInsFor) {
    this.#for = signInsFor;
    this.passphrase = new Derived(() => {
      const desk = signInsFor.desk();
      if (desk === null) return { name: '', isTheirs: true };
      const isTheirs = desk.store.local<string>(madePassphrase) === undefined;
      return { name: signInsFor.signInName(desk.me), isTheirs };
    });
  }

  // After each change on the tablet: what one person asked is not for the next.
  changed() {
    this.passphrase.invalidate();
    const desk = this.#for.desk();
    if (desk === this.#of) return;
    this.#of = desk;
    this.mine.forget();
  }

  readonly look = async (): Promise<void> => {
    const desk = this.#for.desk();
    if (desk === null) return;
    await this.mine.ask(async () => {
      const { sessions } = await this.#for.accounts.listSessions({}, tokenOf(desk));
      return sessions.map(signedIn);
    });
  };

  readonly end = async (id: string): Promise<Outcome> => {
    const desk = this.#for.desk();
    if (desk === null) return refused('notAllowed');
    const session = unhex(id);
    const ended = await online(async () => {
      await this.#for.accounts.endSession({ session }, tokenOf(desk));
      return done;
    }, {});
    await this.look();
    return ended;
  };

  readonly setPassphrase = async (old: string, next: string): Promise<Outcome> => {
    const desk = this.#for.desk();
    if (desk === null) return refused('notAllowed');
    if ([...next].length < fewestCharacters) return refused('passphraseTooShort');
    const oldPassphrase = desk.store.local<string>(madePassphrase) ?? old;
    try {
      const words = { oldPassphrase, newPassphrase: next };
      await this.#for.accounts.setPassphrase(words, tokenOf(desk));
    } catch (error) {
      if (error instanceof ConnectError && error.code === Code.InvalidArgument)
        return refused('passphraseTooShort');
      return online(() => Promise.reject(error), { [Code.Unauthenticated]: 'passphraseWrong' });
    }
    await desk.store.setLocal({ [madePassphrase]: undefined });
    this.passphrase.invalidate();
    await this.look();
    return done;
  };

  readonly setByCode = async (code: string, next: string): Promise<Outcome> => {
    if ([...next].length < fewestCharacters) return refused('passphraseTooShort');
    const outcome = await this.#for.choosePassphrase(code, next);
    this.passphrase.invalidate();
    if (outcome.ok) await this.look();
    return outcome;
  };
}

// How this tablet joins a school, and how people sign in on it: what the server gives for a code or a
// passphrase, kept until the person's store is open to take it.

import { Code, ConnectError } from '@connectrpc/connect';
import type { SignInReply } from '#proto/account_pb';
import { type Bytes, hex } from '../model/bytes';
import type { TabletDatabase, TabletRow } from '../store/database';
import { newDeviceKey, newProofKey } from '../store/keys';
import {
  beginAtProvider,
  enrol,
  finishAtProvider,
  type Invitation,
  readInvitation,
  type SignInBy,
  signIn,
  type TabletIdentity,
} from '../transport/accounts';
import type { AccountCalls } from '../transport/calls';
import { codeRefusals, online, passphraseRefusals, providerRefusals } from './call-problems';
import type { Outcome, SignIn } from './contract';
import type { PeopleHere } from './people-here';
import { choosesAnother, pinTries } from './pin';
import { done, refused } from './writing';

// What the server gave at a sign-in, until the person's store is open to keep it.
export interface Session {
  readonly session: Uint8Array;
  readonly token: string;
  readonly key: Uint8Array;
  readonly expiresMs: number;
  // Made here, because the person had none; nobody knows it. Empty: the person chose one. Null: it was
  // not changed.
  readonly madePassphrase: string | null;
}

export interface JoinsFor {
  readonly database: TabletDatabase;
  readonly accounts: AccountCalls;
  readonly people: PeopleHere;
  readonly nowMs: () => number;
  readonly random: (size: number) => Bytes;
  readonly row: () => TabletRow | null;
  readonly changeTablet: (change: Partial<TabletRow>) => Promise<void>;
  // The tablet is one of the school's now.
  readonly joined: (row: TabletRow) => void;
  // A session waits in sessions for that person.
  readonly signedIn: (personId: string) => Promise<void>;
}

export class Joining {
  readonly #for: JoinsFor;
  // Made at the first try of joining and kept for the next ones: the server gives the same invitation
  // twice to one tablet only, and an answer may have been lost.
  #identity: TabletIdentity | null = null;
  readonly sessions = new Map<string, Session>();

  constructor(joinsFor: JoinsFor) {
    this.#for = joinsFor;
  }

  async enrol(code: string): Promise<Outcome> {
    const invitation = readInvitation(code);
    if (invitation === null) return refused('codeUnknown');
    return online(() => this.#enrol(invitation), codeRefusals);
  }

  async #enrol(invitation: Invitation): Promise<Outcome> {
    const { accounts, database, people, random } = this.#for;
    const known = this.#for.row();
    this.#identity ??= known ?? { device: random(16), proofKeys: await newProofKey() };
    const { proofKeys } = this.#identity;
    const reply = await enrol(accounts, this.#identity, invitation, '');
    const row: TabletRow = {
      id: 'tablet',
      device: Uint8Array.from(reply.device),
      deviceKey: known?.deviceKey ?? (await newDeviceKey()),
      proofKeys,
      school: reply.school,
      schoolName: reply.schoolName,
      label: reply.deviceLabel,
      zone: reply.timeZone,
      serverPoint: Uint8Array.from(reply.serverSealingKey),
      leaseDays: reply.leaseDays,
      provider: reply.hasProvider ? reply.providerName : '',
    };
    await database.tablet.put(row);
    this.#for.joined(row);
    if (reply.person === undefined) return done;
    const { person, displayName, signInName, hasPassphrase } = reply.person;
    await people.add(hex(person), displayName, signInName, this.#for.nowMs());
    const made = hasPassphrase ? null : this.#unknownPassphrase();
    return this.#signIn({ kind: 'ticket', ticket: reply.ticket, newPassphrase: made ?? '' }, made);
  }

  async addPerson(code: string): Promise<Outcome> {
    const invitation = readInvitation(code);
    if (invitation === null) return refused('codeUnknown');
    const enter = (made: string | null) =>
      this.#signIn({ kind: 'invitation', invitation, newPassphrase: made ?? '' }, made);
    // A passphrase that the person has stays: another one would end their sessions on other tablets.
    const withTheirs = () =>
      enter(null).catch((error: unknown) => {
        if (!(error instanceof ConnectError) || error.code !== Code.InvalidArgument) throw error;
        return enter(this.#unknownPassphrase());
      });
    return online(withTheirs, codeRefusals);
  }

  // Sets a passphrase by an invitation, where the person's own is not known to anybody.
  choosePassphrase(code: string, newPassphrase: string): Promise<Outcome> {
    const invitation = readInvitation(code);
    if (invitation === null) return Promise.resolve(refused('codeUnknown'));
    return online(
      () => this.#signIn({ kind: 'invitation', invitation, newPassphrase }, ''),
      codeRefusals,
    );
  }

  addByPassphrase(signInName: string, passphrase: string): Promise<Outcome> {
    return online(
      () => this.#signIn({ kind: 'passphrase', signInName, passphrase }),
      passphraseRefusals,
    );
  }

  async goToProvider(code: string): Promise<Outcome<{ readonly url: string }>> {
    const row = this.#for.row();
    const link = code === '' ? null : readInvitation(code);
    if (row === null) return refused('notAllowed');
    if (code !== '' && link === null) return refused('codeUnknown');
    let url = '';
    const begun = await online(async () => {
      const reply = await beginAtProvider(this.#for.accounts, row, row.school, link);
      url = reply.authorizeUrl;
      return done;
    }, providerRefusals);
    return begun.ok ? { ok: true, value: { url } } : begun;
  }

  backFromProvider(state: string, code: string): Promise<Outcome> {
    const row = this.#for.row();
    if (row === null) return Promise.resolve(refused('notAllowed'));
    // What the provider gave is good once: an answer that was lost is not asked for again.
    return online(
      async () => {
        const came = { state, code };
        return this.#welcome(
          row,
          await finishAtProvider(this.#for.accounts, row, row.school, came),
          null,
        );
      },
      { ...codeRefusals, ...providerRefusals },
    );
  }

  async signIn(how: SignIn): Promise<Outcome> {
    if (how.kind === 'code') return this.addPerson(how.code);
    const person = this.#for.people.find(how.personId);
    if (person === undefined) return refused('passphraseWrong');
    const { signInName } = person;
    // The server says it of people who have a passphrase only.
    if (signInName === '') return refused('passphraseNone');
    return online(
      () => this.#signIn({ kind: 'passphrase', signInName, passphrase: how.passphrase }),
      passphraseRefusals,
    );
  }

  async #signIn(by: SignInBy, made: string | null = null): Promise<Outcome> {
    const row = this.#for.row();
    if (row === null) return refused('notAllowed');
    const reply = await signIn(this.#for.accounts, row, row.school, by);
    return this.#welcome(row, reply, made);
  }

  async #welcome(
    row: TabletRow,
    reply: SignInReply,
    madePassphrase: string | null,
  ): Promise<Outcome> {
    const { leaseDays } = reply;
    const provider = reply.hasProvider ? reply.providerName : '';
    if (leaseDays !== row.leaseDays || provider !== (row.provider ?? ''))
      await this.#for.changeTablet({ leaseDays, provider });
    const id = hex(reply.person);
    const { people } = this.#for;
    await people.add(id, reply.displayName, reply.signInName, this.#for.nowMs());
    // Whoever had no PIN left chooses another one, for a store beside the first.
    const wasLockedOut = (people.find(id)?.pinTries ?? 0) >= pinTries;
    const tries = wasLockedOut ? choosesAnother : 0;
    await people.change(id, { pinTries: tries, waitUntilMs: 0, signInEnded: false });
    this.sessions.set(id, {
      session: reply.session,
      token: reply.token,
      key: reply.key,
      expiresMs: Number(reply.expiresMs),
      madePassphrase,
    });
    await this.#for.signedIn(id);
    return done;
  }

  // Nobody knows it: the next sign-in goes by an invitation, or by one that the person sets.
  #unknownPassphrase(): string {
    return hex(this.#for.random(24));
  }
}

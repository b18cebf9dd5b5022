// How this tablet joins a school and how people sign in on it: Accounts, with the tablet's own proof.
import { create } from '@bufbuild/protobuf';
import {
  type BeginProviderSignInReply,
  type CourierResult,
  type DeviceProof,
  DeviceProofSchema,
  type EnrolReply,
  type InvitationKey,
  InvitationKeySchema,
  type RenewSessionReply,
  type SignInReply,
} from '#proto/account_pb';
import { StoreAction } from '#proto/sync_pb';
import type { Bytes } from '../model/bytes';
import type { CourierGroup, CourierStore } from '../store/database';
import { proof, publicPoint } from '../store/keys';
import { type AccountCalls, withToken } from './calls';

export interface TabletIdentity {
  readonly device: Bytes;
  readonly proofKeys: CryptoKeyPair;
}

async function proofOf(
  calls: AccountCalls,
  { device, proofKeys }: TabletIdentity,
): Promise<DeviceProof> {
  const { nonce } = await calls.challenge({});
  return create(DeviceProofSchema, {
    device,
    nonce,
    signature: await proof(proofKeys, device, nonce),
  });
}

// What was typed, or what a QR code holds after "#join=": SCHOOL "." SECRET in base64url.
export interface Invitation {
  readonly key: InvitationKey;
  // Empty: the server finds it.
  readonly school: string;
}

export function readInvitation(typed: string): Invitation | null {
  const scanned = /(?:#|^)join=([^.]*)\.([A-Za-z0-9_-]{22})$/.exec(typed.trim());
  const secret = scanned?.[2];
  if (secret !== undefined) {
    const text = atob(secret.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const key = create(InvitationKeySchema, { key: { case: 'secret', value: bytes } });
    return { key, school: decodeURIComponent(scanned?.[1] ?? '') };
  }
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '');
  if (!/^[A-HJ-NP-Z2-9]{10}$/.test(code)) return null;
  return { key: create(InvitationKeySchema, { key: { case: 'code', value: code } }), school: '' };
}

export async function enrol(
  calls: AccountCalls,
  tablet: TabletIdentity,
  invitation: Invitation,
  label: string,
): Promise<EnrolReply> {
  return calls.enrol({
    invitation: invitation.key,
    school: invitation.school,
    deviceLabel: label,
    deviceKey: await publicPoint(tablet.proofKeys),
    proof: await proofOf(calls, tablet),
  });
}

export type SignInBy =
  | { readonly kind: 'passphrase'; readonly signInName: string; readonly passphrase: string }
  | { readonly kind: 'ticket'; readonly ticket: Uint8Array; readonly newPassphrase: string }
  | {
      readonly kind: 'invitation';
      readonly invitation: Invitation;
      readonly newPassphrase: string;
    };

export async function signIn(
  calls: AccountCalls,
  tablet: TabletIdentity,
  school: string,
  by: SignInBy,
): Promise<SignInReply> {
  const base = { school, proof: await proofOf(calls, tablet) };
  switch (by.kind) {
    case 'passphrase':
      return calls.signIn({
        ...base,
        how: {
          case: 'passphrase',
          value: { signInName: by.signInName, passphrase: by.passphrase },
        },
      });
    case 'ticket':
      return calls.signIn({
        ...base,
        how: { case: 'ticket', value: { ticket: by.ticket, newPassphrase: by.newPassphrase } },
      });
    case 'invitation':
      return calls.signIn({
        ...base,
        how: {
          case: 'invitation',
          value: { invitation: by.invitation.key, newPassphrase: by.newPassphrase },
        },
      });
  }
}

// Where the school's provider signs people in, and what names this sign-in. `link`: an invitation that
// links the account there to its person.
export async function beginAtProvider(
  calls: AccountCalls,
  tablet: TabletIdentity,
  school: string,
  link: Invitation | null,
): Promise<BeginProviderSignInReply> {
  const base = { school, proof: await proofOf(calls, tablet) };
  if (link === null) return calls.beginProviderSignIn(base);
  return calls.beginProviderSignIn({ ...base, link: { case: 'invitation', value: link.key } });
}

export async function finishAtProvider(
  calls: AccountCalls,
  tablet: TabletIdentity,
  school: string,
  came: { readonly state: string; readonly code: string },
): Promise<SignInReply> {
  const proof = await proofOf(calls, tablet);
  return calls.finishProviderSignIn({ school, proof, state: came.state, code: came.code });
}

export async function renew(
  calls: AccountCalls,
  tablet: TabletIdentity,
  token: string,
): Promise<RenewSessionReply> {
  return calls.renewSession({ proof: await proofOf(calls, tablet) }, withToken(token));
}

// Brings colleagues' sealed groups to the server. What was taken is for their own Push to hear of; the
// answer says how many of each store the server holds now.
export async function courier(
  calls: AccountCalls,
  tablet: TabletIdentity,
  school: string,
  stores: readonly {
    readonly store: CourierStore;
    readonly groups: readonly CourierGroup[];
    // The tablet that sealed them; null: this one.
    readonly sealedBy: Bytes | null;
  }[],
): Promise<CourierResult[]> {
  const first = stores[0];
  if (first === undefined) return [];
  const reply = await calls.courier({
    school,
    proof: await proofOf(calls, tablet),
    epoch: first.store.epoch,
    stores: stores.map(({ store, groups, sealedBy }) => ({
      replica: store.replica,
      rehomes: [...store.rehomes],
      firstN: store.firstN,
      hashBefore: store.hashBefore,
      lastN: store.lastN,
      lastHash: store.lastHash,
      groups: groups.map((group) => group.sealed),
      sealedBy: sealedBy ?? new Uint8Array(0),
    })),
  });
  return reply.results;
}

export const wasTaken = (result: CourierResult): boolean =>
  result.problem === '' && result.store?.action !== StoreAction.REHOME;

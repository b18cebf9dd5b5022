// What a person is told when a call of theirs to the server did not succeed.
import { Code, ConnectError } from '@connectrpc/connect';
import { troubleOf } from '../transport/calls';
import type { Outcome, Problem, Refusal } from './contract';

export type Refusals = Readonly<Partial<Record<number, Refusal>>>;

export const codeRefusals: Refusals = {
  [Code.InvalidArgument]: 'codeUnknown',
  [Code.NotFound]: 'codeUnknown',
  [Code.AlreadyExists]: 'codeUsed',
  [Code.FailedPrecondition]: 'codeEnded',
};
export const passphraseRefusals: Refusals = { [Code.Unauthenticated]: 'passphraseWrong' };

// Runs what needs the network; `words` are the refusals that it has words for.
export async function online(run: () => Promise<Outcome>, words: Refusals): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    return { ok: false, problem: problemOfCall(error, words) };
  }
}

function problemOfCall(error: unknown, words: Refusals): Problem {
  if (!(error instanceof ConnectError)) return { kind: 'disk' };
  const reason = words[error.code];
  if (reason !== undefined) return { kind: 'refused', reason };
  const trouble = troubleOf(error);
  if (trouble === 'offline') return { kind: 'offline' };
  return { kind: 'other', words: error.rawMessage };
}

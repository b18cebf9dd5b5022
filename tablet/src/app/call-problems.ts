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
export const providerRefusals: Refusals = {
  [Code.Unauthenticated]: 'providerUnknown',
  [Code.FailedPrecondition]: 'providerNone',
};

// Runs what needs the network, and may be done twice: once more where no answer came, because a
// connection that broke shows at once and the next one stands. `words` are the refusals that it has
// words for.
export async function online(run: () => Promise<Outcome>, words: Refusals): Promise<Outcome> {
  try {
    return await run().catch((error: unknown) => {
      if (troubleOf(error) !== 'offline') throw error;
      return run();
    });
  } catch (error) {
    return { ok: false, problem: problemOfCall(error, words) };
  }
}

function problemOfCall(error: unknown, words: Refusals): Problem {
  if (!(error instanceof ConnectError)) return { kind: 'disk' };
  if (troubleOf(error) === 'offline') return { kind: 'offline' };
  const reason = words[error.code];
  if (reason !== undefined) return { kind: 'refused', reason };
  return { kind: 'other', words: error.rawMessage };
}

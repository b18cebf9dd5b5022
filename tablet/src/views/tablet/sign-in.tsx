// Sign in online: a forgotten PIN, or a session that has ended. Nothing on the tablet changes.

import { type FormEvent, useState } from 'react';
import type { Person, SignIn } from '../../app/contract';
import { say } from '../../words/say';
import { PassphraseField } from '../forms/passphrase-field';
import { problemWords } from '../frame/notices';
import { PageHeader } from '../frame/page';
import { useApp } from '../frame/reading';
import { CodeField } from './code-field';
import { ProviderButton } from './provider';

export function SignInForm({
  person,
  back,
}: {
  readonly person: Person;
  readonly back: () => void;
}) {
  const app = useApp();
  const [passphrase, setPassphrase] = useState('');
  // Beside the way that was tried.
  const [problem, setProblem] = useState<{ readonly of: SignIn['kind']; readonly words: string }>();
  const [busy, setBusy] = useState(false);
  const finish = async (how: SignIn) => {
    setBusy(true);
    setProblem(undefined);
    const outcome = await app.signIn(how);
    setBusy(false);
    if (outcome.ok) back();
    else setProblem({ of: how.kind, words: problemWords(outcome.problem) });
  };
  const problemOf = (how: SignIn['kind']) => (problem?.of === how ? problem.words : '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void finish({ kind: 'passphrase', personId: person.id, passphrase });
  };
  return (
    <>
      <PageHeader title={say('signIn.title', { name: person.name })} chip={false}>
        <button type="button" className="small" onClick={back}>
          {say('common.cancel')}
        </button>
      </PageHeader>
      <main id="page" className="panes">
        <div className="body narrow">
          <p className="measure">{say('signIn.safe')}</p>
          <form className="column" onSubmit={submit}>
            <PassphraseField
              label={say('signIn.passphrase')}
              value={passphrase}
              onChange={setPassphrase}
            />
            <p role="alert" className="problem">
              {problemOf('passphrase')}
            </p>
            <div>
              <button type="submit" className="primary" disabled={busy || passphrase === ''}>
                {say('signIn.go')}
              </button>
            </div>
          </form>
          <ProviderButton />
          <h2>{say('signIn.code')}</h2>
          <CodeField
            busy={busy}
            problem={problemOf('code')}
            action={say('signIn.go')}
            onJoin={(code) => void finish({ kind: 'code', personId: person.id, code })}
          />
        </div>
      </main>
    </>
  );
}

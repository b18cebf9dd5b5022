// Sign in online: a forgotten PIN, or a session that has ended. Nothing on the tablet changes.

import { type FormEvent, useState } from 'react';
import type { Person } from '../../app/contract';
import { say } from '../../words/say';
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
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const finish = async (attempt: ReturnType<typeof app.signIn>) => {
    setBusy(true);
    const outcome = await attempt;
    setBusy(false);
    if (outcome.ok) back();
    else setProblem(problemWords(outcome.problem));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void finish(app.signIn({ kind: 'passphrase', personId: person.id, passphrase }));
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
            <label className="field">
              <span>{say('signIn.passphrase')}</span>
              <input
                type="password"
                autoComplete="current-password"
                value={passphrase}
                onChange={(event) => setPassphrase(event.target.value)}
              />
            </label>
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
            problem={problem}
            action={say('signIn.go')}
            onJoin={(code) => void finish(app.signIn({ kind: 'code', personId: person.id, code }))}
          />
        </div>
      </main>
    </>
  );
}

// Who is writing? Faces as initials, and the PIN that opens one person's pages.

import { type FormEvent, useState } from 'react';
import type { TabletPerson } from '../../app/contract';
import { say } from '../../words/say';
import { PassphraseField } from '../forms/passphrase-field';
import { Icon } from '../frame/icons';
import { problemWords } from '../frame/notices';
import { PageHeader } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import { PinPad } from './pin-pad';
import { ProviderButton, useWayBack } from './provider';
import { CodeByHandOrCamera } from './scanner';
import { SignInForm } from './sign-in';
import './tablet.css';

export function People() {
  const app = useApp();
  const tablet = useStore(app.tablet);
  const header = useStore(app.header);
  const storage = useStore(app.storage);
  const when = useWhen();
  const [chosen, setChosen] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const [sought, setSought] = useState('');
  const person = tablet.people.find((one) => one.id === chosen);
  const comesBack = useWayBack();
  const first = tablet.people.find((one) => one.needsPin);
  if (first) return <NewPin person={first} />;
  if (person) return <EnterPin person={person} back={() => setChosen(null)} />;
  if (adding || tablet.people.length === 0) {
    return <AddPerson {...(tablet.people.length > 0 ? { back: () => setAdding(false) } : {})} />;
  }
  const shown = tablet.people.filter((one) =>
    one.name.toLocaleLowerCase().includes(sought.toLocaleLowerCase()),
  );
  return (
    <>
      <PageHeader
        title={say('people.title')}
        subtitle={say('settings.tablet', { label: tablet.label, school: tablet.school })}
        chip={false}
      />
      <main id="page" className="panes people-page">
        {comesBack && (
          <p className="notice info" role="status">
            {say('signIns.back', { provider: tablet.provider })}
          </p>
        )}
        {storage.openByMs !== null && (
          <p className="notice ask">
            {say('settings.openBy', { date: when.date(storage.openByMs) })}
          </p>
        )}
        {tablet.people.length > 8 && (
          <label className="field people-search">
            <span>{say('people.search')}</span>
            <input
              type="search"
              value={sought}
              onChange={(event) => setSought(event.target.value)}
            />
          </label>
        )}
        <ul className="people">
          {shown.map((one) => (
            <li key={one.id}>
              <button type="button" className="person" onClick={() => setChosen(one.id)}>
                <span className="avatar large">{one.initials}</span>
                <span className="strong">{one.name}</span>
                <span className="small muted">{say('people.unsent', { n: one.unsent })}</span>
              </button>
            </li>
          ))}
          <li>
            <button type="button" className="person another" onClick={() => setAdding(true)}>
              <span className="avatar large outline">
                <Icon name="plus" />
              </span>
              <span className="strong">{say('people.another')}</span>
            </button>
          </li>
        </ul>
        {header.colleagues && (
          <p className="second muted measure">
            {say('people.colleagues', {
              n: header.colleagues.people,
              days: header.colleagues.oldestDays,
            })}
          </p>
        )}
      </main>
    </>
  );
}

function AddPerson({ back }: { readonly back?: () => void }) {
  const app = useApp();
  const { provider } = useStore(app.tablet);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const join = async (code: string) => {
    setBusy(true);
    setProblem('');
    const outcome = await app.addPerson(code);
    setBusy(false);
    if (!outcome.ok) setProblem(problemWords(outcome.problem));
    else back?.();
  };
  return (
    <>
      <PageHeader title={say('people.anotherTitle')} chip={false}>
        {back && (
          <button type="button" className="small" onClick={back}>
            {say('common.cancel')}
          </button>
        )}
      </PageHeader>
      <main id="page" className="panes">
        <div className="body narrow">
          <p className="measure">{say('people.anotherHint', { provider: provider || 'none' })}</p>
          <CodeByHandOrCamera
            busy={busy}
            problem={problem}
            beside={(code) => <ProviderButton code={code} />}
            onCode={(code) => void join(code)}
          />
          <ByName />
          <ProviderButton />
        </div>
      </main>
    </>
  );
}

// Whoever has a passphrase needs no code.
function ByName() {
  const app = useApp();
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const outcome = await app.addByPassphrase(name.trim(), passphrase);
    setBusy(false);
    setPassphrase('');
    setProblem(outcome.ok ? '' : byNameProblem(outcome.problem));
  };
  return (
    <form className="column" onSubmit={(event) => void enter(event)}>
      <h2>{say('signIns.byName')}</h2>
      <label className="field">
        <span>{say('signIns.name')}</span>
        <input
          autoComplete="username"
          autoCapitalize="none"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <PassphraseField
        label={say('signIn.passphrase')}
        value={passphrase}
        onChange={setPassphrase}
      />
      <p role="alert" className="problem">
        {problem}
      </p>
      <div>
        <button type="submit" disabled={busy || name.trim() === '' || passphrase === ''}>
          {say('signIn.go')}
        </button>
      </div>
    </form>
  );
}

// Here the name was typed, too.
function byNameProblem(problem: Parameters<typeof problemWords>[0]): string {
  const isWrong = problem.kind === 'refused' && problem.reason === 'passphraseWrong';
  return isWrong ? say('signIns.nameWrong') : problemWords(problem);
}

function EnterPin({ person, back }: { readonly person: TabletPerson; readonly back: () => void }) {
  const app = useApp();
  const [problem, setProblem] = useState('');
  const [forgotten, setForgotten] = useState(false);
  if (forgotten) return <SignInForm person={person} back={() => setForgotten(false)} />;
  const enter = async (pin: string) => {
    const outcome = await app.enterPin(person.id, pin);
    if (!outcome.ok) setProblem(pinProblem(outcome.problem, app.tablet.get().people, person.id));
  };
  return (
    <>
      <PageHeader title={say('pin.title', { name: person.name })} chip={false}>
        <button type="button" className="small" onClick={back}>
          {say('people.another')}
        </button>
      </PageHeader>
      <main id="page" className="panes pin-page">
        <PinPad
          label={say('pin.enter')}
          problem={problem}
          waitUntilMs={person.waitUntilMs}
          onPin={(pin) => void enter(pin)}
        />
        <button type="button" className="quiet" onClick={() => setForgotten(true)}>
          {say('pin.forgotten')}
        </button>
      </main>
    </>
  );
}

function pinProblem(
  problem: Parameters<typeof problemWords>[0],
  people: readonly TabletPerson[],
  id: string,
): string {
  if (problem.kind === 'refused' && problem.reason === 'pinWrong') {
    const left = people.find((one) => one.id === id)?.pinTriesLeft ?? 0;
    return say('problem.pinWrong', { n: left });
  }
  // The pad itself counts the wait down.
  if (problem.kind === 'refused' && problem.reason === 'pinWait') return '';
  return problemWords(problem);
}

function NewPin({ person }: { readonly person: TabletPerson }) {
  const app = useApp();
  const [first, setFirst] = useState('');
  const [problem, setProblem] = useState('');
  const chosen = async (pin: string) => {
    if (!first) {
      setFirst(pin);
      setProblem('');
      return;
    }
    setFirst('');
    if (pin !== first) {
      setProblem(say('pin.differ'));
      return;
    }
    const outcome = await app.choosePin(person.id, pin);
    if (!outcome.ok) setProblem(problemWords(outcome.problem));
  };
  return (
    <>
      <PageHeader title={say('pin.title', { name: person.name })} chip={false} />
      <main id="page" className="panes pin-page">
        <p className="measure">{say('pin.new')}</p>
        <PinPad
          key={first ? 'again' : 'new'}
          label={say(first ? 'pin.again' : 'pin.enter')}
          problem={problem}
          waitUntilMs={null}
          onPin={(pin) => void chosen(pin)}
        />
      </main>
    </>
  );
}

// The screen is blank but for the initials; a running visit's clock goes on behind it.
export function Locked() {
  const app = useApp();
  const tablet = useStore(app.tablet);
  const [asked, setAsked] = useState(false);
  const person = tablet.people.find((one) => one.id === tablet.person?.id);
  if (asked && person) {
    return <EnterPin person={person} back={() => void app.switchPerson()} />;
  }
  return (
    <main id="page" className="locked">
      <h1 className="visually-hidden">{say('people.title')}</h1>
      <button type="button" className="person" onClick={() => setAsked(true)}>
        <span className="avatar large">{tablet.person?.initials}</span>
        <span className="visually-hidden">
          {say('pin.locked', { name: tablet.person?.name ?? '' })}
        </span>
      </button>
    </main>
  );
}

// Where I am signed in, and my passphrase.

import { type FormEvent, useEffect, useState } from 'react';
import { say } from '../../words/say';
import { PassphraseField } from '../forms/passphrase-field';
import { Icon } from '../frame/icons';
import { Page } from '../frame/page';
import { useApp, useGesture, useStore } from '../frame/reading';
import { ShownAsked } from './asked';
import { Sessions } from './sessions';

export function MySignIns() {
  const app = useApp();
  const mine = useStore(app.signIns.mine);
  const run = useGesture();
  useEffect(() => {
    void app.signIns.look();
  }, [app]);
  return (
    <Page title={say('signIns.title')} back={{ to: '/more', place: say('nav.more') }} narrow>
      <p className="measure">{say('signIns.purpose')}</p>
      <ShownAsked loaded={mine} again={() => void app.signIns.look()}>
        {(sessions) => (
          <>
            <Sessions sessions={sessions} end={({ id }) => void run(() => app.signIns.end(id))} />
            {sessions.every(({ here }) => here) && (
              <p className="second muted">{say('signIns.none')}</p>
            )}
          </>
        )}
      </ShownAsked>
      <Passphrase />
    </Page>
  );
}

function Passphrase() {
  const app = useApp();
  const { name, isTheirs } = useStore(app.signIns.passphrase);
  const run = useGesture();
  const [byCode, setByCode] = useState(false);
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [isSet, setIsSet] = useState(false);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setIsSet(false);
    const set = await run(() =>
      byCode ? app.signIns.setByCode(old, next) : app.signIns.setPassphrase(old, next),
    );
    setBusy(false);
    if (set === undefined) return;
    setOld('');
    setNext('');
    setByCode(false);
    setIsSet(true);
  };
  return (
    <section className="card column">
      <h2>{say('signIns.passphrase')}</h2>
      {!isTheirs && <p className="measure">{say('signIns.passphraseNone')}</p>}
      {name !== '' && <p>{say('signIns.passphraseName', { name })}</p>}
      <form className="column" onSubmit={(event) => void submit(event)}>
        {isTheirs && (
          <label className="field">
            <span>{say(byCode ? 'enrol.codeLabel' : 'signIns.old')}</span>
            <input
              type={byCode ? 'text' : 'password'}
              autoComplete={byCode ? 'one-time-code' : 'current-password'}
              value={old}
              onChange={(event) => setOld(event.target.value)}
            />
          </label>
        )}
        <PassphraseField label={say('signIns.new')} isNew value={next} onChange={setNext} />
        <p className="second muted">{say('signIns.setEnds')}</p>
        <div className="bar-actions">
          <button
            type="submit"
            className="primary"
            disabled={busy || next === '' || (isTheirs && old === '')}
          >
            {say('signIns.set')}
          </button>
          {isTheirs && (
            <button
              type="button"
              className="quiet"
              onClick={() => {
                setByCode(!byCode);
                setOld('');
              }}
            >
              {say(byCode ? 'signIns.remembered' : 'signIns.forgotten')}
            </button>
          )}
        </div>
      </form>
      <div role="status">
        {isSet && (
          <p className="notice ok">
            <Icon name="tick" />
            {say('signIns.isSet')}
          </p>
        )}
      </div>
    </section>
  );
}

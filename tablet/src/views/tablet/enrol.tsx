// Joins this tablet to a school once: by the camera, or by typing ten characters.

import { useEffect, useState } from 'react';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { problemWords } from '../frame/notices';
import { PageHeader } from '../frame/page';
import { useApp, useGesture, useLatest, useStore } from '../frame/reading';
import { CodeByHandOrCamera, codeOf } from './scanner';
import './tablet.css';

export function Enrol() {
  const app = useApp();
  const tablet = useStore(app.tablet);
  const header = useStore(app.header);
  const run = useGesture();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [goOn, setGoOn] = useState(false);
  const join = async (code: string) => {
    setBusy(true);
    setProblem('');
    const outcome = await app.enrol(code);
    setBusy(false);
    if (!outcome.ok) setProblem(problemWords(outcome.problem));
  };
  // The tablet's own camera opened this page: the invitation is in the address, once.
  const joined = useLatest(join);
  useEffect(() => {
    const code = codeOf(location.href);
    if (!code) return;
    history.replaceState(null, '', location.pathname);
    void joined.current(code);
  }, [joined]);
  if (tablet.notInstalled && !goOn) {
    return (
      <>
        <PageHeader title={say('enrol.title')} chip={false} />
        <main id="page" className="panes">
          <div className="body narrow">
            <p className="measure">{say('enrol.notInstalled')}</p>
            <ol className="column">
              <li className="card row">
                <Icon name="more" />
                {say('enrol.installStep1')}
              </li>
              <li className="card row">
                <Icon name="plus" />
                {say('enrol.installStep2')}
              </li>
            </ol>
            <div className="bar-actions">
              <button
                type="button"
                className="primary big"
                onClick={() => void run(() => app.install())}
              >
                {say('enrol.install')}
              </button>
              <button type="button" className="quiet" onClick={() => setGoOn(true)}>
                {say('enrol.goOnWithout')}
              </button>
            </div>
          </div>
        </main>
      </>
    );
  }
  return (
    <>
      <PageHeader title={say('enrol.title')} subtitle={say('enrol.purpose')} chip={false} />
      <main id="page" className="panes enrol-page">
        <section className="card column">
          <CodeByHandOrCamera busy={busy} problem={problem} onCode={(code) => void join(code)} />
          {!header.online && <p className="notice">{say('enrol.offline')}</p>}
        </section>
        <section className="section enrol-kept">
          <h2>{say('enrol.kept')}</h2>
          <ul className="list second">
            {(['page', 'eye', 'up'] as const).map((icon, index) => (
              <li key={icon} className="row who-row">
                <Icon name={icon} />
                {say(`enrol.kept.${(index + 1) as 1 | 2 | 3}`)}
              </li>
            ))}
          </ul>
        </section>
      </main>
    </>
  );
}

// What colleagues gave me, and my steps. My load, and who has read about me, beside it.

import { useState } from 'react';
import { Link } from 'wouter';
import type { FeedbackRow, ForMe, StepRow } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { Empty, Page, Shown } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { HelpForMe } from '../help/help-for-me';
import { DropForm } from '../steps/drop-form';
import { hoursWords, LoadBoxes, loadIn } from './load';
import './visits.css';

export function ForMeScreen() {
  const app = useApp();
  const forMe = useStore(app.forMe);
  return (
    <Page
      title={say('forMe.title')}
      actions={
        <Link href="/for-me/figures" className="button">
          <Icon name="chart" />
          {say('aboutMe.figures')}
        </Link>
      }
      aside={<Shown loaded={forMe}>{(value) => <Beside forMe={value} />}</Shown>}
    >
      <HelpForMe />
      <Shown loaded={forMe}>{(value) => <Received forMe={value} />}</Shown>
    </Page>
  );
}

function Received({ forMe }: { readonly forMe: ForMe }) {
  if (forMe.feedback.length === 0 && forMe.praise.length === 0 && forMe.steps.length === 0) {
    return (
      <Empty>
        <p>{say('forMe.empty')}</p>
      </Empty>
    );
  }
  return (
    <>
      <section className="section">
        <h2>{say('forMe.earlier')}</h2>
        <ul className="turns">
          {forMe.feedback.map((row, index) => (
            <li key={row.visitId}>
              <FeedbackCard row={row} first={index === 0} />
            </li>
          ))}
        </ul>
      </section>
      <section className="section">
        <div className="row">
          <h2 className="fill">{say('forMe.steps')}</h2>
          <Link href="/steps" className="link">
            {say('steps.all')}
          </Link>
        </div>
        {forMe.steps.length === 0 ? (
          <p className="muted">{say('forMe.noSteps')}</p>
        ) : (
          <ul className="turns">
            {forMe.steps.map((step) => (
              <li key={step.stepId}>
                <StepCard step={step} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

function FeedbackCard({ row, first }: { readonly row: FeedbackRow; readonly first: boolean }) {
  const when = useWhen();
  const news = row.acknowledged < row.version;
  return (
    <div className="feedback-card">
      <span className="fill">
        <span className="strong">{say('read.title', { observer: row.observer })}</span>
        <br />
        <span className="second muted">
          {[
            row.lessonMs !== null && when.date(row.lessonMs),
            row.classCode,
            say(`kind.${row.kind}`),
            say('forMe.version', { n: row.version }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      {!news && (
        <span className="chip ok">
          <Icon name="twoTicks" />
          {say('state.acknowledged')}
        </span>
      )}
      <Link
        href={`/for-me/${row.visitId}`}
        className={`button ${news && first ? 'primary' : ''}`}
        aria-label={`${say('forMe.read')}: ${say('read.title', { observer: row.observer })}`}
      >
        {say('forMe.read')}
      </Link>
    </div>
  );
}

export function StepCard({ step }: { readonly step: StepRow }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const [dropping, setDropping] = useState(false);
  const set = (status: StepRow['status']) =>
    void run(() => app.editStep(step.visitId, step.stepId, { status }));
  const overdue =
    step.status === 'open' && step.dueMs !== null && step.dueMs < when.now - 86_400_000;
  return (
    <div className="card column">
      <div className="row">
        <p className="fill measure">{step.text}</p>
        <span className={`chip ${step.status === 'embedded' ? 'ok' : 'primary'}`}>
          <Icon name={step.status === 'embedded' ? 'tick' : 'link'} />
          {say(`step.${step.status}`)}
        </span>
      </div>
      <p className="second muted">
        {[
          step.element,
          step.dueMs !== null && say('step.until', { date: when.date(step.dueMs) }),
          step.looksIn && say('step.looksIn', { name: step.looksIn }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {overdue && step.dueMs !== null && (
        <p className="notice ask second">{say('step.overdue', { date: when.date(step.dueMs) })}</p>
      )}
      {step.droppedBecause !== '' && (
        <p className="second measure">{say('step.droppedBecause', { why: step.droppedBecause })}</p>
      )}
      {step.status !== 'dropped' && step.status !== 'embedded' && (
        <div className="bar-actions">
          {step.status === 'open' && (
            <button type="button" className="primary" onClick={() => set('tried')}>
              {say('step.iTried')}
            </button>
          )}
          {step.status === 'tried' && (
            <button type="button" className="primary" onClick={() => set('embedded')}>
              {say('step.habit')}
            </button>
          )}
          <button type="button" className="quiet" onClick={() => setDropping(true)}>
            {say('step.drop')}
          </button>
        </div>
      )}
      {dropping && (
        <DropForm visitId={step.visitId} stepId={step.stepId} onClose={() => setDropping(false)} />
      )}
    </div>
  );
}

function Beside({ forMe }: { readonly forMe: ForMe }) {
  const when = useWhen();
  const app = useApp();
  const me = useStore(app.tablet).person?.id ?? '';
  // The server counts all of the year; this tablet those that it holds.
  const load = loadIn(useStore(app.figures.load(me))) ?? forMe.load;
  return (
    <>
      <section className="section">
        <h2>{say('forMe.praise')}</h2>
        {forMe.praise.length === 0 ? (
          <p className="second muted">{say('forMe.noPraise')}</p>
        ) : (
          <ul className="list">
            {forMe.praise.map((item) => (
              <li key={`${item.visitId} ${item.atMs}`} className="news">
                <span className="news-icon praise">
                  <Icon name="star" />
                </span>
                <span>
                  {item.text}
                  <br />
                  <span className="small muted">
                    {item.observer} · {when.dateTime(item.atMs)}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="section">
        <h2>{say('forMe.load')}</h2>
        {load ? (
          <p className="second load">
            <LoadBoxes visits={load.visits} of={load.ofVisits} />
            {say('forMe.loadWords', {
              n: load.visits,
              of: load.ofVisits,
              hours: hoursWords(load.minutes),
              ofHours: hoursWords(load.ofMinutes),
            })}
          </p>
        ) : (
          <p className="second muted">{say('forMe.loadUnknown')}</p>
        )}
      </section>
      <section className="section">
        <h2>{say('forMe.readers')}</h2>
        <Link href="/more/readers" className="link">
          {say('aboutMe.link')}
        </Link>
      </section>
    </>
  );
}

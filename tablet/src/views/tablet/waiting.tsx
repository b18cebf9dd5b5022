// What is waiting: every record with unsent work, how old it is, and what may be done about it.
// Nothing here deletes.

import { Link } from 'wouter';
import type { WaitingItem } from '../../app/contract';
import { say } from '../../words/say';
import { lengthWords } from '../../words/when';
import { Icon } from '../frame/icons';
import { FetchingNotice, NewerAppNotice } from '../frame/notices';
import { Empty, Page } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { BackupButton } from './backup-button';
import { FilesNotice, TakeInButton } from './take-in-button';
import { Notice, noticeKey } from './waiting-notice';
import './tablet.css';

export function WaitingScreen() {
  const app = useApp();
  const waiting = useStore(app.waiting);
  const header = useStore(app.header);
  const run = useGesture();
  return (
    <Page
      title={say('waiting.title')}
      subtitle={say('waiting.subtitle')}
      back={{ to: '/today', place: say('nav.today') }}
      aside={<Health />}
    >
      <FetchingNotice />
      <NewerAppNotice />
      {waiting.notices.map((notice) => (
        <Notice key={noticeKey(notice)} notice={notice} />
      ))}
      <FilesNotice />
      {waiting.items.length === 0 ? (
        <Empty>
          <p>{say('waiting.empty')}</p>
        </Empty>
      ) : (
        <section className="section">
          <h2>{say('waiting.unsentList')}</h2>
          <ul className="list">
            {waiting.items.map((item) => (
              <li key={`${item.visitId} ${item.kept}`}>
                <Item item={item} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className="bar-actions">
        <button
          type="button"
          className="primary big"
          disabled={header.unsent === 0}
          onClick={() => void run(() => app.sendNow())}
        >
          <Icon name="up" />
          {say('waiting.sendNow')}
        </button>
        <BackupButton />
        <TakeInButton />
      </div>
      {waiting.colleagues && (
        <p className="second muted measure">
          {say('people.colleagues', {
            n: waiting.colleagues.people,
            days: waiting.colleagues.oldestDays,
          })}
        </p>
      )}
    </Page>
  );
}

function Item({ item }: { readonly item: WaitingItem }) {
  const when = useWhen();
  const state = {
    onTablet: { icon: 'tablet', words: say('state.onTablet') },
    sent: { icon: 'up', words: say('state.sent') },
    parked: { icon: 'cylinder', words: say('waiting.parked') },
  } as const;
  const body = (
    <>
      <span className="fill">
        <span className="strong">{item.title || say('waiting.noRecord')}</span>
        <br />
        <span className="second muted">
          {say('waiting.changes', { n: item.changes })} ·{' '}
          {say('waiting.since', { time: when.dateTime(item.sinceMs) })}
        </span>
      </span>
      <span className="chip">
        <Icon name={state[item.kept].icon} />
        {state[item.kept].words}
      </span>
    </>
  );
  return item.visitId ? (
    <Link href={`/visits/${item.visitId}`} className="row-button">
      {body}
      <Icon name="forward" />
    </Link>
  ) : (
    <div className="row-button">{body}</div>
  );
}

function Health() {
  const app = useApp();
  const waiting = useStore(app.waiting);
  const tablet = useStore(app.tablet);
  const when = useWhen();
  const clock = waiting.clockMinutes;
  return (
    <>
      <h2>{say('waiting.health')}</h2>
      <dl className="facts second">
        <dt>{say('waiting.lastContact')}</dt>
        <dd>{waiting.lastContact ? when.moment(waiting.lastContact) : say('waiting.never')}</dd>
        <dt>{say('waiting.clock')}</dt>
        <dd>
          {clock === null
            ? say('waiting.clockUnknown')
            : Math.abs(clock) < 2
              ? say('waiting.clockRight')
              : say('waiting.clockOff', {
                  amount: lengthWords(clock),
                  way: clock > 0 ? 'fast' : 'slow',
                })}
        </dd>
      </dl>
      <p className="second muted">
        {say('settings.tablet', { label: tablet.label, school: tablet.school })}
      </p>
      <Link href="/receipts" className="link">
        {say('receipt.title')}
      </Link>
    </>
  );
}

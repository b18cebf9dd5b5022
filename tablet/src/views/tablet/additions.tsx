// Late work is decided by a person: what waits on visits that I lead, and why.

import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { Addition } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { Empty, Page, Shown } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';

export function AdditionsScreen() {
  const app = useApp();
  const additions = useStore(app.additions);
  const when = useWhen();
  const [leaving, setLeaving] = useState<Addition | null>(null);
  useEffect(() => {
    void app.lookForAdditions();
  }, [app]);
  return (
    <Page title={say('additions.title')} back={{ to: '/more', place: say('nav.more') }} narrow>
      <Shown loaded={additions}>
        {({ items, asOfMs }) => (
          <>
            <p className="measure">{say('additions.purpose')}</p>
            {items.length === 0 && asOfMs !== null && (
              <Empty>
                <p>{say('additions.none')}</p>
              </Empty>
            )}
            <ul className="column">
              {items.map((item) => (
                <li key={item.id}>
                  <Waits item={item} leave={() => setLeaving(item)} />
                </li>
              ))}
            </ul>
            <p className="second muted">
              {asOfMs === null
                ? say('additions.notAsked')
                : say('additions.asOf', { time: when.dateTime(asOfMs) })}
            </p>
          </>
        )}
      </Shown>
      {leaving && <Leave item={leaving} close={() => setLeaving(null)} />}
    </Page>
  );
}

function Waits({ item, leave }: { readonly item: Addition; readonly leave: () => void }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  return (
    <section className="card column">
      {item.title !== '' && (
        <h2>
          <Link href={`/visits/${item.visitId}/feedback`} className="link">
            {item.title}
          </Link>
        </h2>
      )}
      <p>
        {say('additions.written', {
          author: item.author,
          page: item.page,
          from: when.dateTime(item.fromMs),
          to: when.dateTime(item.toMs),
        })}
      </p>
      <p className="second muted">
        {item.reason === 'roleEnded'
          ? say('additions.roleEnded', { author: item.author })
          : say('additions.why', { reason: say(`reason.${item.reason}`) })}
      </p>
      {item.leftBecause !== null ? (
        <div className="row wrap">
          <p className="second fill">{say('additions.left', { reason: item.leftBecause })}</p>
          <button
            type="button"
            className="small"
            onClick={() => void run(() => app.leaveAside(item.id, ''))}
          >
            {say('additions.again')}
          </button>
        </div>
      ) : item.asked ? (
        <p className="notice info" role="status">
          <Icon name="up" />
          {say('additions.asked')}
        </p>
      ) : (
        <div className="bar-actions">
          {item.mayTakeIn ? (
            <button
              type="button"
              className="primary"
              onClick={() => void run(() => app.takeIn(item.id))}
            >
              {say('additions.takeIn')}
            </button>
          ) : (
            <p className="second">{say('additions.cannot')}</p>
          )}
          <button type="button" onClick={leave}>
            {say('additions.leave')}
          </button>
        </div>
      )}
    </section>
  );
}

function Leave({ item, close }: { readonly item: Addition; readonly close: () => void }) {
  const app = useApp();
  const run = useGesture();
  const [reason, setReason] = useState('');
  const leave = async () => {
    if ((await run(() => app.leaveAside(item.id, reason.trim()))) !== undefined) close();
  };
  return (
    <Dialog title={say('additions.leaveTitle')} onClose={close}>
      <p className="second muted measure">{say('additions.leaveHint')}</p>
      <textarea
        rows={2}
        maxLength={200}
        aria-label={say('additions.reason')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="bar-actions">
        <button
          type="button"
          className="primary"
          disabled={reason.trim() === ''}
          onClick={() => void leave()}
        >
          {say('additions.leave')}
        </button>
        <button type="button" onClick={close}>
          {say('common.cancel')}
        </button>
      </div>
    </Dialog>
  );
}

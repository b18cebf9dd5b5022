// Tablets: when each was seen last, how many people are signed in on it, and the way to take it out of
// use.

import { useEffect, useState } from 'react';
import type { Invitation, SchoolTablet } from '../../app/contract';
import { say } from '../../words/say';
import { Confirm } from '../frame/confirm';
import { Icon } from '../frame/icons';
import { Empty } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { ShownAsked } from './asked';
import { InvitationDialog } from './invitation';

export function OfficeTablets() {
  const app = useApp();
  const tablets = useStore(app.office.tablets);
  const run = useGesture();
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [ending, setEnding] = useState<SchoolTablet | null>(null);
  useEffect(() => {
    void app.office.lookAtTablets();
  }, [app]);
  const invite = async () => {
    const made = await run(() => app.office.invite(''));
    if (made !== undefined) setInvitation(made);
  };
  return (
    <>
      <p className="measure">{say('office.tabletsPurpose')}</p>
      <div>
        <button type="button" className="primary" onClick={() => void invite()}>
          {say('office.inviteTablet')}
        </button>
      </div>
      <ShownAsked loaded={tablets} again={() => void app.office.lookAtTablets()}>
        {(list) =>
          list.length === 0 ? (
            <Empty>
              <p>{say('office.tabletsNone')}</p>
            </Empty>
          ) : (
            <ul className="list">
              {list.map((tablet) => (
                <li key={tablet.id}>
                  <OneTablet tablet={tablet} end={() => setEnding(tablet)} />
                </li>
              ))}
            </ul>
          )
        }
      </ShownAsked>
      {invitation && <InvitationDialog invitation={invitation} close={() => setInvitation(null)} />}
      {ending && (
        <Confirm
          title={say('office.endTabletTitle', { label: ending.label })}
          hint={say('office.endTabletHint')}
          action={say('office.endTablet')}
          act={() => app.office.endTablet(ending.id)}
          close={() => setEnding(null)}
        />
      )}
    </>
  );
}

function OneTablet({ tablet, end }: { readonly tablet: SchoolTablet; readonly end: () => void }) {
  const when = useWhen();
  const facts = [
    tablet.seenMs === null
      ? say('office.tabletNever')
      : say('office.tabletSeen', { time: when.dateTime(tablet.seenMs) }),
    tablet.endedMs === null && say('office.tablet', { people: tablet.people }),
    tablet.app !== '' && say('office.tabletApp', { version: tablet.app }),
  ].filter(Boolean);
  return (
    <div className="row who-row wrap">
      <Icon name="tablet" />
      <span className="fill">
        <span className="strong">{tablet.label}</span>
        {tablet.here && <span className="second"> · {say('signIns.here')}</span>}
        <br />
        <span className="second muted">{facts.join(' · ')}</span>
      </span>
      {tablet.endedMs === null ? (
        <button type="button" onClick={end}>
          {say('office.endTablet')}
          <span className="visually-hidden">: {tablet.label}</span>
        </button>
      ) : (
        <span className="second muted">
          {say('office.tabletEnded', { date: when.date(tablet.endedMs) })}
        </span>
      )}
    </div>
  );
}

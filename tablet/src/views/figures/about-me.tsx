// Who has read about me: names, what, when; as the server's audit has it.

import type { AboutMe as Readings } from '../../app/contract';
import { say } from '../../words/say';
import { Empty, Page } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import { ShownAnswer } from './shown';

export function AboutMe() {
  const app = useApp();
  const about = useStore(app.figures.aboutMe);
  return (
    <Page title={say('aboutMe.title')} back={{ to: '/more', place: say('more.title') }} narrow>
      <ShownAnswer loaded={about}>
        {({ value, freshness, atMs }) => (
          <>
            <Summary about={value} />
            <List about={value} />
            {freshness === 'offline' && <LastKnew atMs={atMs} />}
          </>
        )}
      </ShownAnswer>
    </Page>
  );
}

function Summary({ about }: { readonly about: Readings }) {
  return (
    <p className="measure">
      {say('aboutMe.summary', { n: about.readers })} {say('aboutMe.what')}
    </p>
  );
}

function LastKnew({ atMs }: { readonly atMs: number }) {
  const when = useWhen();
  return <p className="second muted">{say('water.lastKnew', { time: when.dateTime(atMs) })}</p>;
}

function List({ about }: { readonly about: Readings }) {
  const when = useWhen();
  if (about.readings.length === 0) {
    return (
      <Empty>
        <p>{say('aboutMe.none')}</p>
      </Empty>
    );
  }
  return (
    <>
      <ul className="list">
        {about.readings.map((reading) => (
          <li key={`${reading.name} ${reading.atMs} ${reading.act}`} className="row who-row wrap">
            <span className="strong fill">{reading.name || say('aboutMe.left')}</span>
            <span className="second muted">
              {say('aboutMe.act', { act: reading.act, n: reading.visits })} ·{' '}
              {when.dateTime(reading.atMs)}
            </span>
          </li>
        ))}
      </ul>
      {about.more && <p className="second muted">{say('aboutMe.more')}</p>}
    </>
  );
}

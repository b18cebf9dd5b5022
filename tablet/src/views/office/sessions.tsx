// Sign-ins that last, each with its tablet and the way to end it.

import type { SignedIn } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useWhen } from '../frame/reading';

export function Sessions({
  sessions,
  end,
}: {
  readonly sessions: readonly SignedIn[];
  readonly end: (session: SignedIn) => void;
}) {
  const when = useWhen();
  return (
    <ul className="list">
      {sessions.map((session) => (
        <li key={session.id} className="row who-row wrap">
          <Icon name="tablet" />
          <span className="fill">
            <span className="strong">{session.tabletLabel}</span>
            <br />
            <span className="second muted">
              {[
                say('signIns.since', { date: when.date(session.sinceMs) }),
                session.seenMs !== null &&
                  say('signIns.seen', { time: when.dateTime(session.seenMs) }),
                session.endsMs !== null &&
                  say('signIns.until', { date: when.date(session.endsMs) }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
          {session.here ? (
            <span className="second">{say('signIns.here')}</span>
          ) : (
            <button
              type="button"
              aria-label={say('signIns.endOn', { tablet: session.tabletLabel })}
              onClick={() => end(session)}
            >
              {say('signIns.end')}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

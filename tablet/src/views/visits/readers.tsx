// Who has read about me: names, posts, dates.

import type { ForMe } from '../../app/contract';
import { say } from '../../words/say';
import { useWhen } from '../frame/reading';

export function Readers({ readers }: { readonly readers: ForMe['readers'] }) {
  const when = useWhen();
  if (readers === null) return <p className="second muted">{say('forMe.readersUnknown')}</p>;
  if (readers.length === 0) return <p className="second muted">{say('forMe.readersNone')}</p>;
  return (
    <ul className="list second">
      {readers.map((reader) => (
        <li key={`${reader.name} ${reader.atMs}`} className="who-row">
          <span className="strong">{reader.name}</span>{' '}
          <span className="muted">
            {reader.role} · {when.dateTime(reader.atMs)}
          </span>
        </li>
      ))}
    </ul>
  );
}

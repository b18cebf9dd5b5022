// Who observes beside me: found by name, taken in and out with one tap each.

import { useState } from 'react';
import type { Person } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';

const most = 7;
const shownAtOnce = 6;

export function CoObservers({
  people,
  chosen,
  choose,
}: {
  readonly people: readonly Person[];
  readonly chosen: readonly string[];
  readonly choose: (ids: readonly string[]) => void;
}) {
  const [sought, setSought] = useState('');
  const text = sought.trim().toLocaleLowerCase();
  const found = people
    .filter(({ id, name }) => !chosen.includes(id) && name.toLocaleLowerCase().includes(text))
    .slice(0, shownAtOnce);
  return (
    <fieldset className="plain column">
      <legend className="label">{say('newVisit.team')}</legend>
      <p className="second muted">{say('newVisit.teamHint')}</p>
      {chosen.length > 0 && (
        <div className="options">
          {people
            .filter(({ id }) => chosen.includes(id))
            .map(({ id, name }) => (
              <button
                key={id}
                type="button"
                className="on"
                aria-label={say('newVisit.teamRemove', { name })}
                onClick={() => choose(chosen.filter((one) => one !== id))}
              >
                <Icon name="tick" />
                {name}
                <Icon name="close" />
              </button>
            ))}
        </div>
      )}
      {chosen.length < most && (
        <>
          <input
            type="search"
            aria-label={say('newVisit.teamFind')}
            placeholder={say('newVisit.teamFind')}
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
          <div className="options">
            {found.map(({ id, name }) => (
              <button
                key={id}
                type="button"
                aria-label={say('newVisit.teamAdd', { name })}
                onClick={() => {
                  choose([...chosen, id]);
                  setSought('');
                }}
              >
                <Icon name="plus" />
                {name}
              </button>
            ))}
            {found.length === 0 && (
              <p className="muted">{say('newVisit.noTeacher', { text: sought })}</p>
            )}
          </div>
        </>
      )}
    </fieldset>
  );
}

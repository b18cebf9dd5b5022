// People: who is signed in on which tablet, and a code for whoever is to join.

import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { Invitation } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { Empty } from '../frame/page';
import { useApp, useGesture, useStore } from '../frame/reading';
import { ShownAsked } from './asked';
import { InvitationDialog } from './invitation';
import { Sessions } from './sessions';

// More than these are found by their name.
const mostShown = 30;

export function OfficePeople({ id }: { readonly id: string }) {
  const app = useApp();
  const people = useStore(app.office.people);
  const [sought, setSought] = useState('');
  const one = people.find((person) => person.id === id);
  if (one !== undefined) return <OnePerson key={one.id} id={one.id} name={one.name} />;
  if (people.length === 0) {
    return (
      <Empty>
        <p>{say('office.peopleNone')}</p>
      </Empty>
    );
  }
  const found = people.filter(({ name }) =>
    name.toLocaleLowerCase().includes(sought.trim().toLocaleLowerCase()),
  );
  return (
    <>
      <p className="measure">{say('office.peoplePurpose')}</p>
      <label className="field">
        <span>{say('office.find')}</span>
        <input type="search" value={sought} onChange={(event) => setSought(event.target.value)} />
      </label>
      {found.length === 0 && <p className="second muted">{say('office.peopleNoneFound')}</p>}
      <ul className="list">
        {found.slice(0, mostShown).map((person) => (
          <li key={person.id}>
            <Link href={`/office/people/${person.id}`} className="row-button">
              <Icon name="person" />
              <span className="fill strong">{person.name}</span>
              <Icon name="forward" />
            </Link>
          </li>
        ))}
      </ul>
      {found.length > mostShown && (
        <p className="second muted">
          {say('office.peopleMore', { shown: mostShown, n: found.length })}
        </p>
      )}
    </>
  );
}

function OnePerson({ id, name }: { readonly id: string; readonly name: string }) {
  const app = useApp();
  const sessions = useStore(app.office.signedIn(id));
  const run = useGesture();
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  useEffect(() => {
    void app.office.lookAtPerson(id);
  }, [app, id]);
  const invite = async () => {
    const made = await run(() => app.office.invite(id));
    if (made !== undefined) setInvitation(made);
  };
  return (
    <>
      <div className="row wrap">
        <h2 className="fill">{name}</h2>
        <Link href="/office/people" className="button small">
          {say('common.backTo', { place: say('office.people') })}
        </Link>
      </div>
      <div>
        <button type="button" className="primary" onClick={() => void invite()}>
          {say('office.inviteName', { name })}
        </button>
      </div>
      <section className="section">
        <h2>{say('office.signedIn')}</h2>
        <ShownAsked loaded={sessions} again={() => void app.office.lookAtPerson(id)}>
          {(list) =>
            list.length === 0 ? (
              <p className="second muted">{say('office.signedInNone', { name })}</p>
            ) : (
              <Sessions
                sessions={list}
                end={(session) => void run(() => app.office.endSession(session.id, id))}
              />
            )
          }
        </ShownAsked>
      </section>
      {invitation && <InvitationDialog invitation={invitation} close={() => setInvitation(null)} />}
    </>
  );
}

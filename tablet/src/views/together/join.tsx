// Joins a colleague's visit: the code in front of the camera, a look at what it is, and in.

import { useState } from 'react';
import { useLocation } from 'wouter';
import { say } from '../../words/say';
import { Page } from '../frame/page';
import { useApp, useGesture, useWhen } from '../frame/reading';
import { CodeByHandOrCamera } from '../tablet/scanner';

// As the picture has it, an address that ends in the code; or ten letters.
export function visitCodeOf(text: string): string | null {
  const link = /#\/visits\/join\/([\w-]+)$/.exec(text.trim());
  if (link?.[1]) return link[1];
  const typed = /^([0-9A-Za-z]{5})-?([0-9A-Za-z]{5})$/.exec(text.trim());
  return typed ? `${typed[1]}-${typed[2]}` : null;
}

// `code`: the tablet's own camera opened this page with it.
export function JoinVisitScreen({ code }: { readonly code: string }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const [, go] = useLocation();
  const [read, setRead] = useState(code);
  const found = read === '' ? null : app.colleaguesVisit(read);
  const join = async () => {
    const joined = await run(() => app.joinVisit(read));
    if (joined) go(`/visits/${joined.visitId}`);
  };
  return (
    <Page
      title={say('together.join')}
      subtitle={say('together.joinHint')}
      back={{ to: '/visits/new', place: say('newVisit.title') }}
      narrow
    >
      {found === null ? (
        <CodeByHandOrCamera
          busy={false}
          problem={read === '' ? '' : say('together.unknown')}
          first="scan"
          hint={say('together.scanHint')}
          action={say('together.look')}
          read={visitCodeOf}
          onCode={setRead}
        />
      ) : (
        <section className="card column">
          <h2>{[found.teacher.name, found.classCode].filter((part) => part !== '').join(' · ')}</h2>
          <p>
            {[
              when.dateTime(found.lessonMs),
              found.room && say('common.room', { room: found.room }),
              say('together.with', { lead: found.lead.name }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <p className="second muted measure">
            {say(found.mine ? 'together.mine' : 'together.apart')}
          </p>
          {!found.mine && <p className="second muted measure">{say('together.offline')}</p>}
          <div className="bar-actions">
            {!found.mine && (
              <button type="button" className="primary big" onClick={() => void join()}>
                {say('together.go')}
              </button>
            )}
            <button type="button" className="quiet" onClick={() => setRead('')}>
              {say('together.another')}
            </button>
          </div>
        </section>
      )}
    </Page>
  );
}

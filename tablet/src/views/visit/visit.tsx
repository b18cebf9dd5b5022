// One visit: my page of it, the feedback that I write, or the feedback that I read, by what I am
// to it and by the part of the path.

import { Redirect } from 'wouter';
import type { Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Compose } from '../compose/compose';
import { Empty, Page, Shown } from '../frame/page';
import { useApp, useStore } from '../frame/reading';
import { ReadFeedback } from './read';
import { SheetScreen } from './sheet';
import { TeamScreen } from './team';
import './visit.css';

export function VisitScreen({ id, part }: { readonly id: string; readonly part: string }) {
  const app = useApp();
  const visit = useStore(app.visit(id));
  if (visit.kind !== 'ready') {
    return (
      <Page title={say('nav.visits')} back={{ to: '/visits', place: say('nav.visits') }}>
        <Shown loaded={visit}>{() => null}</Shown>
      </Page>
    );
  }
  const value = visit.value;
  if (value.joinedInto !== null && value.me !== 'teacher')
    return <GoesOn visit={value} part={part} />;
  if (value.me === 'teacher' && value.kind !== 'SELF') {
    return part === 'read' ? <ReadFeedback visit={value} /> : <Redirect to={`/for-me/${id}`} />;
  }
  if (value.me === 'reader') return <ReadFeedback visit={value} />;
  // A co-observer has no feedback to write.
  if (value.team && (part === 'team' || (part === 'feedback' && value.me === 'observer')))
    return <TeamScreen visit={value} team={value.team} />;
  if (part === 'feedback') return <Compose visit={value} />;
  return value.mySheet ? (
    <SheetScreen visit={value} sheet={value.mySheet} />
  ) : (
    <Compose visit={value} />
  );
}

// Its page is in another visit of the same lesson now.
function GoesOn({ visit, part }: { readonly visit: Visit; readonly part: string }) {
  if (visit.joinedInto) {
    return <Redirect to={`/visits/${visit.joinedInto}${part === '' ? '' : `/${part}`}`} replace />;
  }
  return (
    <Page title={say('nav.visits')} back={{ to: '/visits', place: say('nav.visits') }}>
      <Empty>
        <p>{say('sameLesson.gone')}</p>
      </Empty>
    </Page>
  );
}

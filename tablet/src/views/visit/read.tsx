// Feedback as the teacher reads it: in peace, and answered on one's own terms. An acknowledgement is
// bound to the version that was on the screen; a leader reads the same page without the answers.

import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Version, Visit } from '../../app/contract';
import { list, say } from '../../words/say';
import { millis } from '../../words/when';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { SavedText } from '../frame/saved-text';
import { WhoBox } from '../frame/who-chip';
import { Changes, changesBetween } from './changes';
import { Told } from './told';

export function ReadFeedback({ visit }: { readonly visit: Visit }) {
  const when = useWhen();
  const newest = visit.versions.at(-1);
  const [round, setRound] = useState(newest?.round ?? 0);
  const version = visit.versions.find((one) => one.round === round) ?? newest;
  const [reachedEnd, setReachedEnd] = useState(0);
  const [asking, setAsking] = useState<{ text: string; element: number | null } | null>(null);
  const teacher = visit.me === 'teacher';
  const observer = version?.sharedBy ?? visit.lead.name;
  const title = say('read.title', { observer });
  const back = teacher
    ? { to: '/for-me', place: say('nav.forMe') }
    : { to: '/visits', place: say('nav.visits') };
  const date = visit.lessonMs === null ? say('common.noDate') : when.date(visit.lessonMs);
  const lesson = teacher ? [say('read.yourLesson', { date })] : [visit.teacher?.name, date];
  const subtitle = [...lesson, visit.classCode, say(`kind.${visit.kind}`)]
    .filter(Boolean)
    .join(' · ');
  if (visit.phase === 'withdrawn') {
    return (
      <Page title={title} subtitle={subtitle} back={back}>
        <Empty>
          <p>
            {visit.joinedInto === null
              ? say('read.withdrawn', { observer, reason: visit.withdrawnReason })
              : say('sameLesson.gone')}
          </p>
        </Empty>
      </Page>
    );
  }
  if (!version || !newest) {
    return (
      <Page title={title} subtitle={subtitle} back={back} aside={<WhoBox facts={visit.who} />}>
        <Empty>
          <p>{say(teacher ? 'read.nothingShared' : 'compose.nothingShared')}</p>
        </Empty>
      </Page>
    );
  }
  const ask = (text: string, element: number | null): ReactNode => (
    <button
      type="button"
      className="quiet small"
      aria-label={say('read.askAbout', { text })}
      onClick={() => setAsking({ text, element })}
    >
      <Icon name="question" />
      {say('read.ask')}
    </button>
  );
  return (
    <Page
      title={title}
      subtitle={subtitle}
      back={back}
      aside={
        teacher ? (
          <YourAnswer
            visit={visit}
            version={version}
            observer={observer}
            ready={reachedEnd >= version.round}
          />
        ) : (
          <WhoBox facts={visit.who} />
        )
      }
    >
      <div className="reading">
        {newest.round > version.round && (
          <div className="notice ask version-line" role="status">
            <Icon name="pencil" />
            <p className="fill">
              {say('read.newerCame', { newer: newest.round, n: version.round })}
            </p>
            <button type="button" className="small" onClick={() => setRound(newest.round)}>
              {say('read.readNewer')}
            </button>
          </div>
        )}
        <VersionLine visit={visit} version={version} observer={observer} />
        <Told visit={visit} told={version} {...(teacher ? { ask } : {})} />
        <End reached={() => setReachedEnd(version.round)} round={version.round} />
        <Queries visit={visit} observer={observer} />
        <Levels visit={visit} version={version} />
        {version.notes.length > 0 && <LessonNotes version={version} />}
      </div>
      {asking && (
        <Ask visit={visit} round={version.round} about={asking} close={() => setAsking(null)} />
      )}
    </Page>
  );
}

function VersionLine({
  visit,
  version,
  observer,
}: {
  readonly visit: Visit;
  readonly version: Version;
  readonly observer: string;
}) {
  const when = useWhen();
  const [open, setOpen] = useState(false);
  const before = visit.versions.find((one) => one.round === version.round - 1);
  const changes = useMemo(() => (before ? changesBetween(before, version) : []), [before, version]);
  const acknowledgedBefore = visit.acknowledged.some((one) => one.round === version.round - 1);
  return (
    <>
      <div className="notice info version-line">
        <Icon name="pencil" />
        <p className="fill">
          <strong>{say('read.version', { n: version.round })}</strong>
          {say('read.versionLine', { date: when.moment(version.shared) })}{' '}
          {before &&
            (acknowledgedBefore && changes.length > 0
              ? say('read.changedAfterAck', {
                  observer,
                  n: changes.length,
                  before: before.round,
                })
              : say('read.changedCount', { n: changes.length, before: before.round }))}
        </p>
        {changes.length > 0 && (
          <button
            type="button"
            className="link"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {say(open ? 'read.hideChanges' : 'read.seeChanges')}
          </button>
        )}
      </div>
      {open && <Changes changes={changes} />}
    </>
  );
}

// Tells once the last paragraph has been on the screen.
function End({ reached, round }: { readonly reached: () => void; readonly round: number }) {
  const mark = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each version is read to its own end.
  useEffect(() => {
    const element = mark.current;
    if (!element) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) reached();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [round]);
  return <div ref={mark} className="end-mark" aria-hidden="true" />;
}

function Queries({ visit, observer }: { readonly visit: Visit; readonly observer: string }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  return (
    <>
      {visit.queries.map((query) => {
        const resolution = query.answer?.resolution ?? null;
        return (
          <div key={query.id} className="query">
            <p className="measure">{query.text}</p>
            {query.answer && query.answer.text !== '' && (
              <p className="measure">
                <strong>{observer}:</strong> {query.answer.text}
              </p>
            )}
            <p className="second muted">
              {query.closed
                ? say('read.queryClosed')
                : resolution
                  ? say(`read.answer.${resolution}`)
                  : `${say('read.askedOn', { date: when.moment(query.at), observer })} ${say('read.queryWaits')}`}
            </p>
            {visit.me === 'teacher' && !query.closed && query.answer && (
              <div>
                <button
                  type="button"
                  className="small"
                  onClick={() => void run(() => app.closeQuery(visit.id, query.id))}
                >
                  {say('read.queryDone')}
                </button>
              </div>
            )}
          </div>
        );
      })}
    </>
  );
}

function Levels({ visit, version }: { readonly visit: Visit; readonly version: Version }) {
  const rated = visit.elements.filter((one) => version.ratings[one.number] !== undefined);
  if (rated.length === 0) return null;
  return (
    <details>
      <summary>
        <Icon name="forward" />
        {say('read.levels')}
      </summary>
      <ul className="second">
        {rated.map((element) => {
          const number = version.ratings[element.number] ?? 0;
          const level = element.levels.find((one) => one.number === number);
          return (
            <li key={element.number} className="row who-row">
              <span className="fill">{element.title}</span>
              <span className="strong">
                {level ? `${level.number} ${level.word}` : say('sheet.notSeen')}
              </span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function LessonNotes({ version }: { readonly version: Version }) {
  const when = useWhen();
  return (
    <details>
      <summary>
        <Icon name="forward" />
        {say('read.notes', { n: version.notes.length })}
      </summary>
      {version.notes.map((note) => (
        <p key={note.id} className="lesson-note">
          <time className="muted">{note.atMs === null ? '' : when.time(note.atMs)}</time>
          <span>{note.text}</span>
        </p>
      ))}
    </details>
  );
}

function YourAnswer({
  visit,
  version,
  observer,
  ready,
}: {
  readonly visit: Visit;
  readonly version: Version;
  readonly observer: string;
  readonly ready: boolean;
}) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const header = useStore(app.header);
  const [told, setTold] = useState(false);
  const done = visit.acknowledged.find((one) => one.round === version.round);
  return (
    <>
      <div>
        <h2>{say('read.yourAnswer')}</h2>
        <p className="second muted">{say('read.answerHint', { observer })}</p>
      </div>
      <SavedText
        label={say('read.answerField')}
        placeholder={say('read.answerField')}
        rows={4}
        value={visit.reflection}
        onSave={(text) => run(() => app.reflect(visit.id, text))}
      />
      {done ? (
        <p className="notice ok" role="status">
          <Icon name="twoTicks" />
          {say('read.acknowledged', {
            n: done.round,
            date: when.date(millis(done.at)),
            time: when.time(millis(done.at)),
          })}
        </p>
      ) : (
        <>
          <button
            type="button"
            className="primary big"
            disabled={!ready}
            onClick={() => void run(() => app.acknowledge(visit.id, version.round))}
          >
            <Icon name="twoTicks" />
            {say('read.haveRead', { n: version.round })}
          </button>
          <p className="second muted">
            {ready ? say('read.meaning') : say('read.toTheEnd')}{' '}
            {!header.online && say('read.meaningOffline', { observer })}
          </p>
        </>
      )}
      <button type="button" onClick={() => setTold(true)}>
        <Icon name="question" />
        {say('read.askSomething')}
      </button>
      <p className="second muted" role="status">
        {told && say('read.askWhich')}
      </p>
      <WhoBox facts={visit.who} />
      {visit.mayLetRead.length > 0 && <LetRead visit={visit} />}
      {visit.letRead.length > 0 && (
        <p className="second">
          {say('who.grants.asTeacher', { names: list(visit.letRead.map((one) => one.name)) })}
        </p>
      )}
      {visit.letRead.map((person) => (
        <button
          key={person.id}
          type="button"
          className="small"
          onClick={() => void run(() => app.endRead(visit.id, person.id))}
        >
          {say('read.endLet', { name: person.name })}
        </button>
      ))}
    </>
  );
}

// Somebody of the teacher's own choice; the wish can be taken back.
function LetRead({ visit }: { readonly visit: Visit }) {
  const app = useApp();
  const run = useGesture();
  const [chosen, setChosen] = useState('');
  const person = visit.mayLetRead.find((one) => one.id === chosen);
  return (
    <div className="column">
      <select
        aria-label={say('read.letWho')}
        value={chosen}
        onChange={(event) => setChosen(event.target.value)}
      >
        <option value="">{say('read.letWho')}</option>
        {visit.mayLetRead.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      {person && (
        <>
          <p className="second">{say('read.letRead', { name: person.name })}</p>
          <button
            type="button"
            className="small"
            onClick={() => {
              setChosen('');
              void run(() => app.letRead(visit.id, person.id));
            }}
          >
            {say('read.let')}
          </button>
        </>
      )}
    </div>
  );
}

function Ask({
  visit,
  round,
  about,
  close,
}: {
  readonly visit: Visit;
  readonly round: number;
  readonly about: { readonly text: string; readonly element: number | null };
  readonly close: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const [text, setText] = useState('');
  const send = async () => {
    const sent = await run(() => app.query(visit.id, round, about.element, text.trim()));
    if (sent !== undefined) close();
  };
  return (
    <Dialog title={say('read.askTitle')} onClose={close}>
      <p className="second muted measure">{about.text}</p>
      <textarea
        rows={3}
        maxLength={2000}
        aria-label={say('read.askTitle')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="bar-actions">
        <button
          type="button"
          className="primary"
          disabled={text.trim() === ''}
          onClick={() => void send()}
        >
          {say('read.sendQuestion')}
        </button>
        <button type="button" onClick={close}>
          {say('common.cancel')}
        </button>
      </div>
    </Dialog>
  );
}

// Three choices and in: teacher, kind, class. Everything else can wait, or has a default.

import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Kind, NewVisit, TeacherChoice, WhoFacts } from '../../app/contract';
import { say } from '../../words/say';
import { atZone, dayField, time } from '../../words/when';
import { whoCanSee } from '../../words/who-can-see';
import { Icon } from '../frame/icons';
import { Page, Shown } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { WhoLine } from '../frame/who-chip';
import { CoObservers } from './co-observers';
import { LoadLine, loadIn, overWords } from './load';
import { self, TeacherField } from './teacher-field';
import './visits.css';

const namesOf = ({ teachers }: NewVisit, ids: readonly string[]) =>
  teachers.filter(({ id }) => ids.includes(id)).map(({ name }) => name);

// `teacher`: whom a page of figures proposes.
export function NewVisitScreen({ teacher = '' }: { readonly teacher?: string }) {
  const app = useApp();
  const newVisit = useStore(app.newVisit);
  return (
    <Shown loaded={newVisit}>{(options) => <Form options={options} proposed={teacher} />}</Shown>
  );
}

function Form({ options, proposed }: { readonly options: NewVisit; readonly proposed: string }) {
  const app = useApp();
  const when = useWhen();
  const run = useGesture();
  const [, go] = useLocation();
  const [sought, setSought] = useState('');
  const [teacherId, setTeacherId] = useState(proposed);
  const [kindChosen, setKind] = useState<Kind | null>(null);
  const [classCode, setClassCode] = useState('');
  const [room, setRoom] = useState('');
  const [later, setLater] = useState(false);
  const [day, setDay] = useState(dayField(when.now, when.zone));
  const [clock, setClock] = useState(time(when.now, when.zone));
  const [minutes, setMinutes] = useState(30);
  const [announced, setAnnounced] = useState(true);
  const [reason, setReason] = useState('');
  const [others, setOthers] = useState<readonly string[]>([]);

  const teacher = options.teachers.find((one) => one.id === teacherId);
  const kinds: readonly Kind[] = teacherId === self ? ['SELF'] : (teacher?.kinds ?? []);
  const kind = kindChosen && kinds.includes(kindChosen) ? kindChosen : kinds[0];
  const answer = useStore(app.figures.load(teacher?.id ?? ''));
  const load = loadIn(answer);
  const over = teacher && load?.full ? load : null;
  // A finger that taps twice begins one visit.
  const [busy, setBusy] = useState(false);
  const beside = kind === 'TEAM' ? others.filter((id) => id !== teacherId) : [];
  const lonely = kind === 'TEAM' && beside.length === 0;
  const ready = !busy && kind !== undefined && !lonely && (!over || reason.trim().length >= 10);

  const open = async () => {
    if (!kind || busy) return;
    setBusy(true);
    const opened = await run(() =>
      app.openVisit({
        kind,
        teacherId: teacherId === self ? null : teacherId,
        classCode: classCode.trim(),
        room: room.trim(),
        announced: later && announced,
        minutes,
        lessonMs: later ? atZone(day, clock, when.zone) : null,
        loadReason: over ? reason.trim() : '',
        observerIds: beside,
      }),
    );
    setBusy(false);
    if (opened) go(later ? '/today' : `/visits/${opened.visitId}`);
  };

  return (
    <Page
      title={say('newVisit.title')}
      subtitle={say('newVisit.purpose')}
      back={{ to: '/visits', place: say('nav.visits') }}
      aside={
        teacherId === '' || !kind ? (
          <>
            <h2>{say('newVisit.choose')}</h2>
            <p className="second muted">{say('newVisit.chooseHint')}</p>
            <Link href="/visits/join" className="button">
              {say('together.join')}
            </Link>
          </>
        ) : (
          <>
            <h2>
              {teacher?.name ?? say('newVisit.selfTitle')} · {say(`kind.${kind}`)}
            </h2>
            {teacher && <LoadLine teacher={teacher} answer={answer} />}
            {over && teacher && (
              <label className="field">
                <span>
                  {overWords(over, teacher.name)}{' '}
                  <span className="chip">{say('common.needed')}</span>
                </span>
                <textarea
                  rows={2}
                  maxLength={500}
                  aria-label={say('newVisit.reason')}
                  value={reason}
                  onChange={(event) => setReason(event.target.value)}
                />
              </label>
            )}
            {options.graded[kind] === false && (
              <p className="second muted">{say('newVisit.ungraded')}</p>
            )}
            <WhoLine
              words={
                whoCanSee(
                  plannedFacts(kind, teacher, later, announced, namesOf(options, beside)),
                  when.zone,
                  when.now,
                ).sentence
              }
            />
            {lonely && <p className="second muted">{say('newVisit.teamNeeded')}</p>}
            <button
              type="button"
              className="primary big"
              disabled={!ready}
              onClick={() => void open()}
            >
              {say(later ? 'newVisit.plan' : 'newVisit.start')}
            </button>
          </>
        )
      }
    >
      <div className="new-visit">
        <TeacherField
          options={options}
          sought={sought}
          setSought={setSought}
          teacherId={teacherId}
          choose={setTeacherId}
        />
        {kinds.length > 0 && (
          <fieldset className="plain">
            <legend className="label">{say('newVisit.kind')}</legend>
            <div className="options">
              {kinds.map((one) => (
                <label key={one} className="option">
                  <input
                    className="hidden-input"
                    type="radio"
                    name="kind"
                    checked={kind === one}
                    onChange={() => setKind(one)}
                  />
                  {say(`kind.${one}`)}
                  <span className="tick">
                    <Icon name="tick" />
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
        )}
        {kind === 'TEAM' && (
          <CoObservers
            people={options.teachers.filter((one) => one.id !== teacherId)}
            chosen={beside}
            choose={setOthers}
          />
        )}
        <div className="pair">
          <label className="field">
            <span>{say('newVisit.class')}</span>
            <input
              list="classes"
              maxLength={32}
              placeholder={say('newVisit.classHint')}
              value={classCode}
              onChange={(event) => setClassCode(event.target.value)}
            />
          </label>
          <label className="field">
            <span>{say('newVisit.room')}</span>
            <input
              list="rooms"
              maxLength={32}
              value={room}
              onChange={(event) => setRoom(event.target.value)}
            />
          </label>
          <datalist id="classes">
            {teacher?.classCodes.map((code) => (
              <option key={code} value={code} />
            ))}
          </datalist>
          <datalist id="rooms">
            {teacher?.rooms.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </div>
        <div className="row wrap">
          <div className="segments" role="radiogroup" aria-label={say('newVisit.when')}>
            {[false, true].map((one) => (
              <label key={String(one)}>
                <input
                  className="hidden-input"
                  type="radio"
                  name="when"
                  checked={later === one}
                  onChange={() => setLater(one)}
                />
                {say(one ? 'newVisit.later' : 'newVisit.now')}
              </label>
            ))}
          </div>
          <label className="row">
            <input
              className="minutes"
              type="number"
              min={1}
              max={600}
              value={minutes}
              onChange={(event) =>
                setMinutes(Math.min(600, Math.max(1, Number(event.target.value) || 1)))
              }
            />
            <span>{say('newVisit.minutes')}</span>
          </label>
        </div>
        {later && (
          <>
            <div className="pair">
              <label className="field">
                <span>{say('newVisit.date')}</span>
                <input type="date" value={day} onChange={(event) => setDay(event.target.value)} />
              </label>
              <label className="field">
                <span className="visually-hidden">{say('newVisit.date')}</span>
                <span aria-hidden="true">&nbsp;</span>
                <input
                  type="time"
                  value={clock}
                  onChange={(event) => setClock(event.target.value)}
                />
              </label>
            </div>
            {teacher && (
              <label className="check">
                <input
                  type="checkbox"
                  checked={announced}
                  onChange={(event) => setAnnounced(event.target.checked)}
                />
                {say('newVisit.announced', { teacher: teacher.name })}
              </label>
            )}
          </>
        )}
      </div>
    </Page>
  );
}

// What a visit is before its first word: a plan if it is for later, a draft if it begins now.
function plannedFacts(
  kind: Kind,
  teacher: TeacherChoice | undefined,
  later: boolean,
  announced: boolean,
  coObservers: readonly string[],
): WhoFacts {
  return {
    kind,
    phase: later ? 'planned' : 'draft',
    reader: teacher?.myPost ?? 'observer',
    observes: true,
    announced: later && announced,
    teacher: teacher?.name ?? '',
    coObservers,
    lead: teacher?.lead ?? { department: null, seniorLeaders: false, heads: [] },
    query: null,
    acknowledged: false,
    referral: null,
    grants: [],
    untilMs: null,
    erasedMs: null,
    tabletsBehind: 0,
    feedbackAsked: false,
    readers: [],
    next: null,
  };
}

// From notes to one useful page: the sheet on the left, tap to carry over; on the right what the
// teacher will read. Sharing writes a version that never changes.

import { useState } from 'react';
import { Link } from 'wouter';
import type { Feedback, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { atZone, dayField } from '../../words/when';
import { whoWhenShared } from '../../words/who-can-see';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { PageHeader, Part } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { SavedText } from '../frame/saved-text';
import { ChipButton, keptWords, shownWords } from '../frame/state-chips';
import { WhoChip } from '../frame/who-chip';
import { Answers } from './answers';
import { DeclinedNotices } from './declined';
import { Told } from './told';

export function Compose({ visit }: { readonly visit: Visit }) {
  const when = useWhen();
  const teacher = visit.teacher?.name ?? say('newVisit.selfTitle');
  const shown = shownWords(visit.shown, visit.phase, teacher, when);
  const feedback = visit.feedback;
  return (
    <>
      <PageHeader
        title={say('compose.title', { teacher })}
        subtitle={[
          visit.lessonMs !== null && when.date(visit.lessonMs),
          visit.classCode,
          say(`kind.${visit.kind}`),
        ]
          .filter(Boolean)
          .join(' · ')}
        back={{ to: '/visits', place: say('nav.visits') }}
        compact
      >
        <WhoChip facts={visit.who} />
        <ChipButton words={shown ?? keptWords(visit.kept, when)} />
      </PageHeader>
      <main id="page" tabIndex={-1} className="compose">
        {visit.declined.length > 0 && (
          <div className="compose-notices">
            <DeclinedNotices visit={visit} />
          </div>
        )}
        <section className="compose-from" aria-label={say('compose.from')}>
          <Part>
            <From visit={visit} feedback={feedback} />
          </Part>
        </section>
        <section className="compose-to" aria-label={say('compose.title', { teacher })}>
          <Part>
            {feedback && visit.me === 'lead' ? (
              <To visit={visit} feedback={feedback} teacher={teacher} />
            ) : (
              <Waiting visit={visit} />
            )}
          </Part>
        </section>
      </main>
    </>
  );
}

function From({ visit, feedback }: { readonly visit: Visit; readonly feedback: Feedback | null }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const sheet = visit.mySheet;
  const carry = (text: string) => void run(() => app.addStrength(visit.id, text));
  const may = feedback !== null && visit.me === 'lead';
  return (
    <>
      <div className="row">
        <div className="fill">
          <h2>{say('compose.from')}</h2>
          {may && <p className="second muted">{say('compose.fromHint')}</p>}
        </div>
        {sheet && (
          <Link href={`/visits/${visit.id}`} className="button small">
            {say('compose.openSheet')}
          </Link>
        )}
      </div>
      {(!sheet || (sheet.praise.length === 0 && sheet.notes.length === 0)) && (
        <p className="muted">{say('compose.fromEmpty')}</p>
      )}
      <div>
        {sheet?.praise.map((item) => (
          <Carry key={item.id} time={null} text={item.text} may={may} carry={carry} />
        ))}
        {sheet?.notes.map((note) => (
          <Carry
            key={note.id}
            time={note.atMs === null ? '' : when.time(note.atMs)}
            text={note.text}
            may={may}
            carry={carry}
          />
        ))}
      </div>
      {visit.otherSheets.map((other) => (
        <details key={other.author.id}>
          <summary>
            <Icon name="forward" />
            {say('receipt.page.head', { observer: other.author.name })}
          </summary>
          {other.notes.map((note) => (
            <p key={note.id} className="lesson-note">
              <time className="muted">{note.atMs === null ? '' : when.time(note.atMs)}</time>
              <span>{note.text}</span>
            </p>
          ))}
        </details>
      ))}
    </>
  );
}

function Carry({
  time,
  text,
  may,
  carry,
}: {
  // Null: praise, which has a star instead.
  readonly time: string | null;
  readonly text: string;
  readonly may: boolean;
  readonly carry: (text: string) => void;
}) {
  return (
    <button
      type="button"
      className="carry"
      disabled={!may}
      onClick={() => carry(time ? `${time} “${text}”` : text)}
    >
      {time === null ? <Icon name="star" /> : <time className="muted">{time}</time>}
      <span>
        {may && <span className="visually-hidden">{say('compose.carry')} </span>}
        {text}
      </span>
      {may && <Icon name="forward" />}
    </button>
  );
}

// A co-observer, or a lead whose team is still writing.
function Waiting({ visit }: { readonly visit: Visit }) {
  return (
    <section className="part">
      <h2>{say('team.pages')}</h2>
      <ul className="list">
        {visit.observers.map((one) => (
          <li key={one.id} className="row who-row">
            <Icon name={one.submitted || one.excused ? 'tick' : 'pencil'} />
            {say(one.submitted || one.excused ? 'team.submitted' : 'team.writing', {
              name: one.name,
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function To({
  visit,
  feedback,
  teacher,
}: {
  readonly visit: Visit;
  readonly feedback: Feedback;
  readonly teacher: string;
}) {
  const app = useApp();
  const header = useStore(app.header);
  const when = useWhen();
  const [dialog, setDialog] = useState<'share' | 'withdraw' | 'preview' | null>(null);
  const version = visit.nextVersion;
  const isAsked = visit.shown.state === 'willShare';
  const acknowledged = visit.acknowledged.at(-1);
  const noStrength = !feedback.strengths.some((one) => one.text.trim() !== '');
  const over = visit.phase === 'closed' || visit.phase === 'withdrawn';
  return (
    <>
      {visit.schoolDaysUnshared !== null && visit.schoolDaysUnshared >= 5 && (
        <p className="notice ask">
          {say('compose.waitingDays', { teacher, n: visit.schoolDaysUnshared })}
        </p>
      )}
      {version > 1 && !isAsked && (
        <p className="notice info">
          {acknowledged && acknowledged.round === version - 1
            ? say('compose.ackMeanwhile', {
                teacher,
                n: acknowledged.round,
                time: when.moment(acknowledged.at),
                next: version,
              })
            : say('compose.newVersion', { n: version, before: version - 1 })}
        </p>
      )}
      <Answers visit={visit} />
      <Strengths visit={visit} feedback={feedback} />
      <Priority visit={visit} feedback={feedback} />
      <StepsPart visit={visit} />
      <section className="part">
        <DayField
          label={say('compose.conversation')}
          value={feedback.conversationMs}
          save={(day) => app.setConversation(visit.id, day)}
        />
        <IncludeNotes visit={visit} feedback={feedback} teacher={teacher} />
      </section>
      {!over && (
        <section className="part">
          {visit.undecided.map((choice) => (
            <p key={choice.questionId} className="notice ask">
              <Icon name="question" />
              <Link href={`/questions/${choice.questionId}`} className="link">
                {say('compose.blockedChoice', {
                  element: choice.element,
                  levels: choice.levels.join(', '),
                })}
              </Link>
            </p>
          ))}
          {noStrength && (
            <p className="notice">
              <Icon name="star" />
              {say('compose.blockedStrength')}
            </p>
          )}
          {visit.graded && visit.team && visit.team.allAgreedMs === null && (
            <p className="notice">
              <Icon name="twoTicks" />
              <Link href={`/visits/${visit.id}/team`} className="link">
                {say('team.levelsLeftOut')}
              </Link>
            </p>
          )}
          {isAsked && (
            <p className="notice info">
              <Icon name="clock" />
              {say('compose.asked', { n: version - 1, next: version })}
            </p>
          )}
          {!header.online && !isAsked && <p className="second muted">{say('compose.willShare')}</p>}
          <div className="bar-actions">
            <button
              type="button"
              className={isAsked ? 'big' : 'primary big'}
              disabled={noStrength || visit.undecided.length > 0}
              onClick={() => setDialog('share')}
            >
              {isAsked
                ? say('compose.shareAgain', { n: version })
                : say('compose.share', { teacher })}
            </button>
            <button type="button" className="big" onClick={() => setDialog('preview')}>
              <Icon name="eye" />
              {say('compose.preview', { teacher })}
            </button>
            {visit.versions.length > 0 && (
              <button type="button" className="quiet big" onClick={() => setDialog('withdraw')}>
                {say('compose.withdraw')}
              </button>
            )}
          </div>
        </section>
      )}
      {dialog === 'share' && (
        <Share visit={visit} teacher={teacher} version={version} close={() => setDialog(null)} />
      )}
      {dialog === 'withdraw' && (
        <Withdraw visit={visit} teacher={teacher} close={() => setDialog(null)} />
      )}
      {dialog === 'preview' && (
        <Dialog title={say('compose.preview', { teacher })} onClose={() => setDialog(null)}>
          <Told
            visit={visit}
            told={{
              strengths: feedback.strengths.map((one) => one.text).filter(Boolean),
              priority: feedback.priority,
              priorityElement: feedback.priorityElement,
              steps: visit.steps,
              message: feedback.message.map((one) => one.text).filter(Boolean),
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function Strengths({ visit, feedback }: { readonly visit: Visit; readonly feedback: Feedback }) {
  const app = useApp();
  const run = useGesture();
  return (
    <section className="part praise">
      <h2>
        <Icon name="star" />
        {say('compose.whatWentWell')}
        <span className="chip praise">{say('common.needed')}</span>
      </h2>
      {feedback.strengths.length === 0 && (
        <p className="second muted">{say('compose.hint.noStrength')}</p>
      )}
      {feedback.strengths.map((one, index) => (
        <div key={one.id} className="paragraph">
          <SavedText
            label={say('compose.strength', { n: index + 1 })}
            value={one.text}
            onSave={(text) => run(() => app.editStrength(visit.id, one.id, text))}
          />
          <button
            type="button"
            className="icon"
            aria-label={say('compose.removeStrength', { n: index + 1 })}
            onClick={() => void run(() => app.removeStrength(visit.id, one.id))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <div>
        <button type="button" onClick={() => void run(() => app.addStrength(visit.id, ''))}>
          <Icon name="plus" />
          {say('compose.addStrength')}
        </button>
      </div>
    </section>
  );
}

function ElementSelect({
  visit,
  label,
  value,
  choose,
}: {
  readonly visit: Visit;
  readonly label: string;
  readonly value: number | null;
  readonly choose: (element: number | null) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => choose(event.target.value === '' ? null : Number(event.target.value))}
    >
      <option value="">{say('compose.noElement')}</option>
      {visit.elements.map((element) => (
        <option key={element.number} value={element.number}>
          {element.title}
        </option>
      ))}
    </select>
  );
}

function Priority({ visit, feedback }: { readonly visit: Visit; readonly feedback: Feedback }) {
  const app = useApp();
  const run = useGesture();
  const element = visit.elements.find((one) => one.number === feedback.priorityElement);
  return (
    <section className="part help">
      <h2>
        <Icon name="question" />
        {say('compose.priority')}
        <span className="chip">{say('common.optional')}</span>
      </h2>
      <ElementSelect
        visit={visit}
        label={say('compose.priorityElement')}
        value={feedback.priorityElement}
        choose={(number) => void run(() => app.setPriorityElement(visit.id, number))}
      />
      <SavedText
        label={say('compose.priority')}
        placeholder={say('compose.priorityHint')}
        value={feedback.priority}
        onSave={(text) => run(() => app.setPriority(visit.id, text))}
      />
      {element && feedback.priority === '' && element.nextStepStems.length > 0 && (
        <fieldset className="stems" aria-label={say('compose.stems')}>
          {element.nextStepStems.map((stem) => (
            <button
              key={stem}
              type="button"
              onClick={() => void run(() => app.setPriority(visit.id, stem))}
            >
              {stem}
            </button>
          ))}
        </fieldset>
      )}
    </section>
  );
}

function StepsPart({ visit }: { readonly visit: Visit }) {
  const app = useApp();
  const run = useGesture();
  return (
    <section className="part step">
      <h2>
        <Icon name="tick" />
        {say('compose.step')}
      </h2>
      {visit.steps.map((step) => (
        <div key={step.id} className="step-row">
          <SavedText
            label={say('compose.stepWords')}
            placeholder={say('compose.stepWords')}
            maxLength={500}
            value={step.text}
            onSave={(text) => run(() => app.editStep(visit.id, step.id, { text }))}
          />
          <DayField
            label={say('compose.due')}
            value={step.dueMs}
            save={(dueMs) => app.editStep(visit.id, step.id, { dueMs })}
          />
        </div>
      ))}
      {visit.steps.length === 0 && (
        <div>
          <button
            type="button"
            onClick={() =>
              void run(() =>
                app.addStep(visit.id, '', visit.feedback?.priorityElement ?? null, null),
              )
            }
          >
            <Icon name="plus" />
            {say('compose.addStep')}
          </button>
        </div>
      )}
    </section>
  );
}

function DayField({
  label,
  value,
  save,
}: {
  readonly label: string;
  readonly value: number | null;
  readonly save: (dayMs: number | null) => ReturnType<ReturnType<typeof useApp>['setConversation']>;
}) {
  const when = useWhen();
  const run = useGesture();
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="date"
        value={value === null ? '' : dayField(value, when.zone)}
        onChange={(event) => {
          const day = event.target.value;
          void run(() => save(day === '' ? null : atZone(day, '00:00', when.zone)));
        }}
      />
    </label>
  );
}

function IncludeNotes({
  visit,
  feedback,
  teacher,
}: {
  readonly visit: Visit;
  readonly feedback: Feedback;
  readonly teacher: string;
}) {
  const app = useApp();
  const run = useGesture();
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={feedback.includeNotes}
        onChange={(event) => void run(() => app.setIncludeNotes(visit.id, event.target.checked))}
      />
      {say('compose.includeNotes', { teacher })}
    </label>
  );
}

function Share({
  visit,
  teacher,
  version,
  close,
}: {
  readonly visit: Visit;
  readonly teacher: string;
  readonly version: number;
  readonly close: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const header = useStore(app.header);
  const when = useWhen();
  const words = whoWhenShared(visit.who, when.zone, when.now);
  const share = async () => {
    if ((await run(() => app.share(visit.id))) !== undefined) close();
  };
  return (
    <Dialog title={say('compose.shareQuestion', { n: version, teacher })} onClose={close}>
      <div className="notice second">
        <Icon name="eye" />
        <p>
          <strong>{say('who.next.share')}</strong> {words}
        </p>
      </div>
      <p>{say('compose.told', { teacher })}</p>
      {!header.online && <p className="strong">{say('compose.willShare')}</p>}
      <div className="bar-actions">
        <button type="button" className="primary big" onClick={() => void share()}>
          {say('compose.shareShort')}
        </button>
        <button type="button" className="big" onClick={close}>
          {say('common.cancel')}
        </button>
      </div>
    </Dialog>
  );
}

function Withdraw({
  visit,
  teacher,
  close,
}: {
  readonly visit: Visit;
  readonly teacher: string;
  readonly close: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const [reason, setReason] = useState('');
  const withdraw = async () => {
    if ((await run(() => app.withdraw(visit.id, reason.trim()))) !== undefined) close();
  };
  return (
    <Dialog title={say('compose.withdraw')} onClose={close}>
      <p>{say('compose.withdrawQuestion', { teacher })}</p>
      <textarea
        rows={2}
        maxLength={500}
        aria-label={say('compose.withdrawReason')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="bar-actions">
        <button type="button" disabled={reason.trim() === ''} onClick={() => void withdraw()}>
          {say('compose.withdraw')}
        </button>
        <button type="button" className="primary" onClick={close}>
          {say('common.cancel')}
        </button>
      </div>
    </Dialog>
  );
}

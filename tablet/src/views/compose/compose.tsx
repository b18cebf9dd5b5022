// From notes to one useful page: the sheet on the left, tap to carry over; on the right what the
// teacher will read. Sharing writes a version that never changes.

import { useState } from 'react';
import { Link } from 'wouter';
import type { Feedback, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { PageHeader, Part } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import { ChipButton, keptWords, shownWords } from '../frame/state-chips';
import { TypedField } from '../frame/typing';
import { WhoChip } from '../frame/who-chip';
import { Answers } from '../visit/answers';
import { DeclinedNotices } from '../visit/declined';
import { Told } from '../visit/told';
import { OfferWaits } from '../visits/offer-waits';
import { type CarriedFields, type CarryTo, From } from './from';
import { DayField, IncludeNotes, Priority, StepsPart, Strengths } from './parts';
import { Share, Withdraw } from './sharing';

export function Compose({ visit }: { readonly visit: Visit }) {
  const when = useWhen();
  const teacher = visit.teacher?.name ?? say('newVisit.selfTitle');
  const shown = shownWords(visit.shown, visit.phase, teacher, when);
  const feedback = visit.feedback;
  const [carryTo, setCarryTo] = useState<CarryTo>('strengths');
  const [fields] = useState(() => ({ priority: new TypedField(), step: new TypedField() }));
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
        {(visit.declined.length > 0 || visit.offerWaits) && (
          <div className="compose-notices">
            <DeclinedNotices visit={visit} />
            <OfferWaits visit={visit} />
          </div>
        )}
        <section className="compose-from" aria-label={say('compose.from')}>
          <Part>
            <From
              visit={visit}
              feedback={feedback}
              to={carryTo}
              choose={setCarryTo}
              fields={fields}
            />
          </Part>
        </section>
        <section className="compose-to" aria-label={say('compose.title', { teacher })}>
          <Part>
            {feedback && visit.me === 'lead' ? (
              <To visit={visit} feedback={feedback} teacher={teacher} fields={fields} />
            ) : (
              <Waiting visit={visit} />
            )}
          </Part>
        </section>
      </main>
    </>
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
  fields,
}: {
  readonly visit: Visit;
  readonly feedback: Feedback;
  readonly teacher: string;
  readonly fields: CarriedFields;
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
      <Priority visit={visit} feedback={feedback} field={fields.priority} />
      <StepsPart visit={visit} field={fields.step} />
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
              disabled={noStrength || visit.undecided.length > 0 || visit.offerWaits}
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

// "Is it one lesson?": asked once, of whoever could give a visit up, with who would see the page there.

import { Link } from 'wouter';
import type { SameLesson } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { WhoBox } from '../frame/who-chip';
import './together.css';

// Nothing where nothing is asked.
export function SameLessonQuestions() {
  const app = useApp();
  const asked = useStore(app.sameLessons);
  if (asked.kind !== 'ready' || asked.value.length === 0) return null;
  return (
    <section className="section same-lessons" aria-label={say('sameLesson.title')}>
      {asked.value.map((one) => (
        <Question key={`${one.mine} ${one.theirs}`} asked={one} />
      ))}
    </section>
  );
}

function Question({ asked }: { readonly asked: SameLesson }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const { mine, theirs, colleague, period, feedbackBegun } = asked;
  const isOwn = colleague === '';
  const values = {
    colleague,
    lesson: asked.classCode || asked.teacher,
    date: when.date(asked.lessonMs),
    period: period === null ? '' : say('sameLesson.period', { n: period }),
  };
  return (
    <div className="card column">
      <h2>{say(isOwn ? 'sameLesson.questionOwn' : 'sameLesson.question', values)}</h2>
      <p className="second muted">
        {[asked.classCode && asked.teacher, say(`kind.${asked.kind}`)].filter(Boolean).join(' · ')}
      </p>
      {feedbackBegun ? (
        <p className="notice ask">
          <Icon name="warning" />
          <span>
            {say('sameLesson.feedbackBegun', { colleague })}{' '}
            <Link href={`/visits/${mine}/feedback`} className="link">
              {say('sameLesson.open')}
            </Link>
          </span>
        </p>
      ) : (
        <>
          <p className="measure">
            {say(isOwn ? 'sameLesson.whereOwn' : 'sameLesson.where', { colleague })}
          </p>
          <WhoBox facts={asked.who} />
        </>
      )}
      <div className="bar-actions">
        <button
          type="button"
          className="primary"
          disabled={feedbackBegun}
          onClick={() => void run(() => app.joinLessons(mine, theirs))}
        >
          {say(isOwn ? 'sameLesson.yesOwn' : 'sameLesson.yes')}
        </button>
        <button type="button" onClick={() => void run(() => app.keepTwoLessons(mine, theirs))}>
          {say('sameLesson.no')}
        </button>
      </div>
    </div>
  );
}

// A question for you: only the author chooses, in a sentence. Equal cards, none chosen beforehand,
// in the order in which they were written. Leaving the page in any way keeps both.

import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Answer, Question, QuestionValue } from '../../app/contract';
import { list, say, sentence } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { Empty, Page, Shown } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { Dots } from '../visit/sheet-elements';
import { ReceiptPane } from './receipt';
import { questionSentence } from './sentence';
import './questions.css';

// What was just chosen, for the line that says so and offers to undo it.
interface Kept {
  readonly words: string;
}

export function QuestionScreen({ id }: { readonly id: string }) {
  const app = useApp();
  const questions = useStore(app.questions);
  const [kept, setKept] = useState<Kept | null>(null);
  const run = useGesture();
  const all = questions.kind === 'ready' ? questions.value : [];
  const at = Math.max(
    0,
    all.findIndex((one) => one.id === id),
  );
  const question = all[at];
  const when = useWhen();
  const about = question
    ? [
        say('question.count', { k: at + 1, n: all.length }),
        [
          question.teacher,
          question.classCode,
          question.lessonMs === null ? '' : when.date(question.lessonMs),
        ]
          .filter(Boolean)
          .join(', '),
      ].join(' · ')
    : '';
  return (
    <Page
      title={say('question.title')}
      subtitle={about}
      back={{ to: '/today', place: say('nav.today') }}
      aside={<ReceiptPane />}
    >
      {kept && (
        <div className="notice ok version-line" role="status">
          <Icon name="tick" />
          <p className="fill">{kept.words}</p>
          <button
            type="button"
            className="small"
            onClick={() => {
              setKept(null);
              void run(() => app.undoChoice());
            }}
          >
            {say('question.undo')}
          </button>
        </div>
      )}
      <Shown loaded={questions}>
        {() =>
          question ? (
            <Asked key={question.id} question={question} onKept={setKept} next={all[at + 1]} />
          ) : (
            <Empty>
              <p>{say('question.none')}</p>
            </Empty>
          )
        }
      </Shown>
    </Page>
  );
}

function Asked({
  question,
  onKept,
  next,
}: {
  readonly question: Question;
  readonly onKept: (kept: Kept) => void;
  readonly next: Question | undefined;
}) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const [, go] = useLocation();
  const [another, setAnother] = useState(false);
  const [merging, setMerging] = useState<string | null>(null);
  const answer = async (given: Answer, words: string) => {
    if ((await run(() => app.choose(question.id, given))) !== undefined) onKept({ words });
  };
  const keep = (value: QuestionValue) => {
    const level = question.levels.find((one) => one.number === value.level);
    return answer(
      { kind: 'keep', key: value.key },
      level
        ? say('question.afterLevel', { n: level.number, word: level.word })
        : say('question.after'),
    );
  };
  const own = question.values.every((value) => value.mine);
  const texts = question.field === 'shortText' || question.field === 'paragraph';
  return (
    <>
      <p className="question-sentence">{questionSentence(question, when.date)}</p>
      <p className="muted measure">
        {say(own ? 'question.why' : 'question.whyTwo')}{' '}
        {question.element !== '' && question.levels.length > 0
          ? say('question.noFigure', { element: question.element })
          : ''}
      </p>
      {question.field === 'noteOfTwo' && question.merged !== null && (
        <div className="card column">
          <p className="measure">{question.merged}</p>
          <div className="bar-actions">
            <button
              type="button"
              onClick={() =>
                void answer({ kind: 'text', text: question.merged ?? '' }, say('question.after'))
              }
            >
              {say('question.yesUse')}
            </button>
            <button type="button" onClick={() => setMerging(question.merged)}>
              {say('question.edit')}
            </button>
            <button
              type="button"
              onClick={() => void answer({ kind: 'keepAll' }, say('question.after'))}
            >
              {say('question.keepBothNotes')}
            </button>
          </div>
        </div>
      )}
      <div className="values">
        {question.values.map((value) => (
          <ValueCard
            key={value.key}
            question={question}
            value={value}
            keep={() => void keep(value)}
          />
        ))}
      </div>
      <div className="row wrap">
        {question.levels.length > 0 && (
          <button type="button" onClick={() => setAnother(true)}>
            {say('question.another')}
          </button>
        )}
        {texts && question.merged !== null && (
          <button type="button" onClick={() => setMerging(question.merged)}>
            {say('question.together')}
          </button>
        )}
        {question.field === 'shortText' && (
          <button
            type="button"
            onClick={() => void answer({ kind: 'keepAll' }, say('question.after'))}
          >
            {say('question.keepBoth')}
          </button>
        )}
        <button
          type="button"
          className="quiet"
          onClick={() => go(next ? `/questions/${next.id}` : '/today')}
        >
          {say('question.later')}
        </button>
        <p className="second muted">
          {say('question.bothKept')} {question.blocksSharing && say('question.sharingWaits')}
        </p>
      </div>
      {next && (
        <Link href={`/questions/${next.id}`} className="turn next-question">
          <Icon name="question" />
          <span className="fill">
            <span className="strong">{say('question.next')}</span>
            <br />
            <span className="second muted">{questionSentence(next, when.date)}</span>
          </span>
          <Icon name="forward" />
        </Link>
      )}
      {another && (
        <Dialog title={say('question.another')} onClose={() => setAnother(false)}>
          <div className="column">
            {question.levels.map((level) => (
              <button
                key={level.number}
                type="button"
                className="other-level"
                onClick={() => {
                  setAnother(false);
                  void answer(
                    { kind: 'level', level: level.number },
                    say('question.afterLevel', { n: level.number, word: level.word }),
                  );
                }}
              >
                <span className="strong">
                  {level.number} {level.word}
                </span>
                <span className="second muted">{level.descriptor}</span>
              </button>
            ))}
          </div>
        </Dialog>
      )}
      {merging !== null && (
        <Dialog title={say('question.mergedField')} onClose={() => setMerging(null)}>
          <textarea
            rows={4}
            maxLength={2000}
            aria-label={say('question.mergedField')}
            value={merging}
            onChange={(event) => setMerging(event.target.value)}
          />
          <div className="bar-actions">
            <button
              type="button"
              className="primary"
              onClick={() => {
                setMerging(null);
                void answer({ kind: 'text', text: merging }, say('question.after'));
              }}
            >
              {say('question.accept')}
            </button>
            <button type="button" onClick={() => setMerging(null)}>
              {say('question.later')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function ValueCard({
  question,
  value,
  keep,
}: {
  readonly question: Question;
  readonly value: QuestionValue;
  readonly keep: () => void;
}) {
  const when = useWhen();
  const level = question.levels.find((one) => one.number === value.level);
  const where = value.tablet || say('question.thisTablet');
  const at = when.moment(value.at);
  const words =
    value.level === 0
      ? say('sheet.notSeen')
      : level
        ? `${level.number} ${level.word}`
        : value.level !== null
          ? String(value.level)
          : value.removed
            ? say('question.removedThere')
            : value.dateMs !== null
              ? when.date(value.dateMs)
              : value.text;
  const short = value.level !== null || value.dateMs !== null || value.removed;
  return (
    <section className="value" aria-label={list([words, where])}>
      <p className={short ? 'value-words' : 'value-text'}>
        {level && <Dots level={level.number} of={question.levels.length} large />}
        {words}
      </p>
      <p className="second muted">
        {value.mine
          ? say('question.tabletAt', { tablet: sentence(where), when: at })
          : say('question.by', { name: value.author, tablet: where, when: at })}
      </p>
      {value.notes.length > 0 && (
        <ul className="value-notes">
          {value.notes.map((note) => (
            <li key={note.id}>
              <time className="muted">{note.atMs === null ? '' : when.time(note.atMs)}</time>
              <span>{note.text}</span>
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="big" onClick={keep}>
        {keepWords(question, value)}
      </button>
    </section>
  );
}

function keepWords(question: Question, value: QuestionValue): string {
  if (question.field === 'removedOrEdited') {
    return say(value.removed ? 'question.removeIt' : 'question.keepIt');
  }
  if (question.field === 'archivedOrEdited' && value.mine) return say('question.bringBack');
  if (value.level === 0) return say('question.keepNotSeen');
  if (value.level !== null) return say('question.keepLevel', { n: value.level });
  return say('question.keepThis');
}

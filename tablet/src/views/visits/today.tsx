// What is my turn, what is next, what came since I last looked: in this order.

import { Link, useLocation } from 'wouter';
import type { News, VisitRow, YourTurn } from '../../app/contract';
import { say } from '../../words/say';
import { sameDay } from '../../words/when';
import { Icon, type IconName } from '../frame/icons';
import { FetchingNotice, NewerAppNotice } from '../frame/notices';
import { Empty, Page, Shown } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { EndedNotices } from '../tablet/waiting-notice';
import { SameLessonQuestions } from '../together/same-lesson';
import { rowWords } from './visit-row';
import './visits.css';

export function TodayScreen() {
  const app = useApp();
  const today = useStore(app.today);
  const tablet = useStore(app.tablet);
  const when = useWhen();
  const plan = today.kind === 'ready' ? today.value.plan : [];
  return (
    <Page
      title={say('today.title')}
      subtitle={when.date(when.now)}
      actions={<Actions startIsNext={plan.length > 0} mayWalk={tablet.mayWalk} />}
      aside={
        <section className="section">
          <h2>{say('today.news')}</h2>
          <Shown loaded={today}>{(value) => <NewsList news={value.news} />}</Shown>
        </section>
      }
    >
      <FetchingNotice />
      <NewerAppNotice />
      <EndedNotices />
      <SameLessonQuestions />
      <Shown loaded={today}>
        {({ yourTurn, plan: planned }) => (
          <>
            {yourTurn.length > 0 ? (
              <section className="section">
                <h2>{say('today.yourTurn')}</h2>
                <ul className="turns">
                  {yourTurn.map((turn) => (
                    <li key={turnKey(turn)}>
                      <Turn turn={turn} />
                    </li>
                  ))}
                </ul>
              </section>
            ) : (
              <NothingWaits next={planned[0]} />
            )}
            <section className="section">
              <h2>{say('today.plan')}</h2>
              {planned.length === 0 ? (
                <p className="muted">{say('today.noPlan')}</p>
              ) : (
                <ul className="list">
                  {planned.map((row, index) => (
                    <li key={row.id}>
                      <Planned row={row} first={index === 0} />
                    </li>
                  ))}
                </ul>
              )}
            </section>
          </>
        )}
      </Shown>
    </Page>
  );
}

function Actions({
  startIsNext,
  mayWalk,
}: {
  readonly startIsNext: boolean;
  readonly mayWalk: boolean;
}) {
  return (
    <>
      {mayWalk && (
        <Link href="/walk" className="button">
          {say('today.startWalk')}
        </Link>
      )}
      <Link href="/visits/new" className={startIsNext ? 'button' : 'button primary'}>
        <Icon name="plus" />
        {say('today.newVisit')}
      </Link>
    </>
  );
}

function NothingWaits({ next }: { readonly next: VisitRow | undefined }) {
  const when = useWhen();
  const at = next?.lessonMs;
  return (
    <Empty>
      <p>
        {!next || !at
          ? say('today.emptyNoPlan')
          : sameDay(at, when.now, when.zone)
            ? say('today.emptyToday', { visit: rowWords(next), time: when.time(at) })
            : say('today.empty', { visit: rowWords(next), date: when.dateTime(at) })}
      </p>
      {!next && (
        <Link href="/doors" className="button">
          <Icon name="door" />
          {say('today.doors')}
        </Link>
      )}
    </Empty>
  );
}

function turnKey(turn: YourTurn): string {
  if (turn.kind === 'question') return turn.questionId;
  return turn.kind === 'additions' ? turn.kind : `${turn.kind} ${turn.visitId}`;
}

function Turn({ turn }: { readonly turn: YourTurn }) {
  const when = useWhen();
  const { icon, words, hint, to } = turnWords(turn, when);
  return (
    <Link href={to} className="turn">
      <span className="turn-icon">
        <Icon name={icon} />
      </span>
      <span className="fill">
        <span className="strong">{words}</span>
        {hint && (
          <>
            <br />
            <span className="second muted">{hint}</span>
          </>
        )}
      </span>
      <Icon name="forward" />
    </Link>
  );
}

function turnWords(
  turn: YourTurn,
  when: ReturnType<typeof useWhen>,
): { icon: IconName; words: string; hint?: string; to: string } {
  switch (turn.kind) {
    case 'question':
      return {
        icon: 'question',
        words: say('today.turn.question', { n: turn.n, class: turn.classCode }),
        hint: say('today.turn.questionHint'),
        to: `/questions/${turn.questionId}`,
      };
    case 'readyToShare':
      return {
        icon: 'person',
        words: say('today.turn.readyToShare', {
          teacher: turn.teacher,
          days: say('common.schoolDays', { n: turn.schoolDays }),
        }),
        to: `/visits/${turn.visitId}/feedback`,
      };
    case 'offer':
      return {
        icon: 'help',
        words: say('today.turn.offer', { teacher: turn.teacher }),
        hint: say('today.turn.offerHint'),
        to: `/visits/${turn.visitId}`,
      };
    case 'asked':
      return {
        icon: 'question',
        words: say('today.turn.asked', { teacher: turn.teacher }),
        to: `/visits/${turn.visitId}/feedback`,
      };
    case 'lookIn':
      return {
        icon: 'link',
        words: say('today.turn.lookIn', { teacher: turn.teacher, date: when.date(turn.byMs) }),
        to: '/steps',
      };
    case 'newFeedback':
      return {
        icon: 'page',
        words: say('today.turn.newFeedback', { observer: turn.observer }),
        to: `/for-me/${turn.visitId}`,
      };
    case 'declined':
      return {
        icon: 'warning',
        words: say('today.turn.declined', { teacher: turn.teacher }),
        hint: say('today.turn.declinedHint'),
        to: `/visits/${turn.visitId}${turn.what === 'submit' ? '' : '/feedback'}`,
      };
    case 'additions':
      return {
        icon: 'plus',
        words: say('today.turn.additions', { n: turn.n }),
        hint: say('today.turn.additionsHint'),
        to: '/additions',
      };
    case 'agree':
      return {
        icon: 'twoTicks',
        words: say('today.turn.agree', { teacher: turn.teacher }),
        hint: say('today.turn.agreeHint'),
        to: `/visits/${turn.visitId}/team`,
      };
    case 'draft':
      return {
        icon: 'pencil',
        words: say('today.turn.draft', { teacher: turn.teacher }),
        to: `/visits/${turn.visitId}`,
      };
    default:
      return turn satisfies never;
  }
}

function Planned({ row, first }: { readonly row: VisitRow; readonly first: boolean }) {
  const app = useApp();
  const run = useGesture();
  const [, go] = useLocation();
  const when = useWhen();
  const start = async () => {
    if (row.planned) {
      const started = await run(() => app.startVisit(row.id));
      if (started === undefined) return;
    }
    go(`/visits/${row.id}`);
  };
  return (
    <div className="row planned">
      <span className="fill">
        <span className="strong">{rowWords(row)}</span>
        <br />
        <span className="second muted">
          {[
            row.lessonMs === null ? say('common.noDate') : when.dateTime(row.lessonMs),
            row.period !== null && say('common.period', { n: row.period }),
            row.room && say('common.room', { room: row.room }),
            say(`kind.${row.kind}`),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <button
        type="button"
        className={first ? 'primary' : ''}
        aria-label={`${say(row.planned ? 'today.start' : 'today.goOn')}: ${rowWords(row)}`}
        onClick={() => void start()}
      >
        {say(row.planned ? 'today.start' : 'today.goOn')}
      </button>
    </div>
  );
}

function NewsList({ news }: { readonly news: readonly News[] }) {
  const when = useWhen();
  if (news.length === 0) return <p className="second muted">{say('forMe.noPraise')}</p>;
  return (
    <ul className="list">
      {news.map((item) => {
        const mine = item.kind !== 'acknowledged';
        return (
          <li key={`${item.kind} ${item.visitId}`}>
            <Link
              href={mine ? `/for-me/${item.visitId}` : `/visits/${item.visitId}/feedback`}
              className="news"
            >
              <span className={`news-icon ${item.kind}`}>
                <Icon
                  name={
                    item.kind === 'praise'
                      ? 'star'
                      : item.kind === 'answered'
                        ? 'question'
                        : 'twoTicks'
                  }
                />
              </span>
              <span>
                {newsWords(item)}
                <br />
                <span className="small muted">{when.dateTime(item.atMs)}</span>
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function newsWords(item: News): string {
  switch (item.kind) {
    case 'praise':
      return say('today.news.praise', { observer: item.observer, text: item.text });
    case 'acknowledged':
      return say('today.news.acknowledged', { teacher: item.teacher, n: item.version });
    case 'answered':
      return say('today.news.answered', { observer: item.observer });
    default:
      return item satisfies never;
  }
}

// Several pages of one lesson become one view: what each says of an element, beside each other, and the
// level that all agree on. Before the last page is in, this page says only that.

import { useState } from 'react';
import { Link } from 'wouter';
import type { Element, Rating, Sheet, Team, Visit } from '../../app/contract';
import { list, say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { Page } from '../frame/page';
import { useApp, useGesture, useWhen } from '../frame/reading';
import { SavedText } from '../frame/saved-text';
import { WhoChip } from '../frame/who-chip';
import { Answers } from './answers';
import { DeclinedNotices } from './declined';
import { Dots } from './sheet-elements';
import './team.css';

export function TeamScreen({ visit, team }: { readonly visit: Visit; readonly team: Team }) {
  const when = useWhen();
  return (
    <Page
      title={say('team.title')}
      subtitle={[
        visit.teacher?.name,
        visit.classCode,
        visit.lessonMs !== null && when.date(visit.lessonMs),
      ]
        .filter(Boolean)
        .join(' · ')}
      back={{ to: '/visits', place: say('nav.visits') }}
      actions={<WhoChip facts={visit.who} />}
      aside={<Agreement visit={visit} team={team} />}
    >
      <DeclinedNotices visit={visit} />
      <Answers visit={visit} />
      {team.open ? <Common visit={visit} team={team} /> : <Closed visit={visit} team={team} />}
    </Page>
  );
}

// Not all pages are in.
function Closed({ visit, team }: { readonly visit: Visit; readonly team: Team }) {
  const mine = visit.mySheet?.submitted === true || visit.shown.state === 'willSubmit';
  const others = team.waitingFor.filter((one) => one.id !== visit.mySheet?.author.id);
  const [leaving, setLeaving] = useState<{ id: string; name: string } | null>(null);
  return (
    <>
      <p className="notice">
        <Icon name="clock" />
        {mine
          ? say(others.length > 1 ? 'team.waitingSome' : 'team.waiting', {
              names: list(others.map((one) => one.name)),
              n: team.expected.length,
            })
          : say('team.yours')}
      </p>
      <div className="bar-actions">
        <Link href={`/visits/${visit.id}`} className={mine ? 'button' : 'button primary'}>
          {say('compose.openSheet')}
        </Link>
        {visit.me === 'lead' &&
          mine &&
          others.map((one) => (
            <button key={one.id} type="button" className="quiet" onClick={() => setLeaving(one)}>
              {say('team.excuse', { name: one.name })}
            </button>
          ))}
      </div>
      {leaving && <Excuse visit={visit} who={leaving} close={() => setLeaving(null)} />}
    </>
  );
}

function Excuse({
  visit,
  who,
  close,
}: {
  readonly visit: Visit;
  readonly who: { readonly id: string; readonly name: string };
  readonly close: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const { name } = who;
  const excuse = async () => {
    if ((await run(() => app.excuse(visit.id, who.id))) !== undefined) close();
  };
  return (
    <Dialog title={say('team.excuseTitle', { name })} onClose={close}>
      <p>{say('team.excuseHint', { name })}</p>
      <div className="bar-actions">
        <button type="button" className="primary big" onClick={() => void excuse()}>
          {say('team.excuse', { name })}
        </button>
        <button type="button" className="big" onClick={close}>
          {say('common.cancel')}
        </button>
      </div>
    </Dialog>
  );
}

// What each page says of the element; excused observers say nothing.
function saidOf(visit: Visit, team: Team, element: number) {
  const pages = [...(visit.mySheet ? [visit.mySheet] : []), ...visit.otherSheets];
  return team.expected
    .map((person) => pages.find((page) => page.author.id === person.id))
    .filter((page): page is Sheet => page !== undefined)
    .map((page) => ({ page, rating: page.ratings[element] }));
}

const levelOf = (rating: Rating | undefined): number | null =>
  rating?.kind === 'level' ? rating.level : rating?.kind === 'notSeen' ? 0 : null;

function Common({ visit, team }: { readonly visit: Visit; readonly team: Team }) {
  const app = useApp();
  const run = useGesture();
  const rated = visit.elements.filter(
    (one) =>
      team.levels[one.number] !== undefined ||
      saidOf(visit, team, one.number).some(({ rating }) => rating !== undefined),
  );
  if (rated.length === 0) return <p className="muted">{say('team.nothingRated')}</p>;
  const shared = rated.filter((one) => {
    const levels = saidOf(visit, team, one.number).map(({ rating }) => levelOf(rating));
    const same = levels.every((level) => level !== null && level === levels[0]);
    return same && team.levels[one.number] === undefined;
  });
  return (
    <>
      {shared.length > 0 && (
        <div>
          <button type="button" onClick={() => void run(() => app.takeSharedLevels(visit.id))}>
            <Icon name="tick" />
            {say('team.take', { n: shared.length })}
          </button>
        </div>
      )}
      {rated.map((element) => (
        <CommonElement key={element.number} visit={visit} team={team} element={element} />
      ))}
      <section className="section">
        <h2>{say('team.reason')}</h2>
        <SavedText
          label={say('team.reason')}
          placeholder={say('team.reasonHint')}
          value={team.reason}
          rows={3}
          onSave={(text) => run(() => app.setTeamReason(visit.id, text))}
        />
      </section>
    </>
  );
}

function CommonElement({
  visit,
  team,
  element,
}: {
  readonly visit: Visit;
  readonly team: Team;
  readonly element: Element;
}) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const said = saidOf(visit, team, element.number);
  const agreed = team.levels[element.number];
  const notes = said.flatMap(({ page }) =>
    page.notes
      .filter((note) => note.element === element.number)
      .map((note) => ({ note, author: page.author })),
  );
  const choices = [...element.levels.map((one) => one.number), 0];
  return (
    <section className="card column team-element" aria-label={element.title}>
      <h2>{element.title}</h2>
      <ul className="team-said">
        {said.map(({ page, rating }) => {
          const level = levelOf(rating);
          return (
            <li key={page.author.id}>
              <span className="avatar">{page.author.initials}</span>
              <span>
                <span className="second muted">{page.author.name}</span>
                <br />
                <span className="strong">{levelWords(element, level)}</span>{' '}
                {level !== null && level > 0 && <Dots level={level} of={element.levels.length} />}
              </span>
            </li>
          );
        })}
      </ul>
      <p>{sentence(element, said)}</p>
      {agreed?.kind === 'undecided' && (
        <p className="notice ask">
          <Icon name="question" />
          {agreed.questionId === '' ? (
            say('team.undecided', { lead: visit.lead.name })
          ) : (
            <Link href={`/questions/${agreed.questionId}`} className="link">
              {say('sheet.undecided')}
            </Link>
          )}
        </p>
      )}
      <div
        className="options"
        role="radiogroup"
        aria-label={say('team.level', { element: element.title })}
      >
        {[...choices, null].map((level) => (
          <label key={String(level)} className="option">
            <input
              className="hidden-input"
              type="radio"
              name={`agreed-${element.number}`}
              checked={agreed?.kind !== 'undecided' && levelOf(agreed) === level}
              onChange={() => void run(() => app.setCommonLevel(visit.id, element.number, level))}
            />
            {level === null ? say('sheet.noLevel') : levelWords(element, level)}
            <span className="tick">
              <Icon name="tick" />
            </span>
          </label>
        ))}
      </div>
      {notes.length > 0 && (
        <details>
          <summary>
            <Icon name="forward" />
            {say('team.evidence', { n: notes.length })}
          </summary>
          {notes.map(({ note, author }) => (
            <p key={note.id} className="lesson-note">
              <time className="muted">{note.atMs === null ? '' : when.time(note.atMs)}</time>
              <span>
                <span className="second muted">{author.name}:</span> {note.text}
              </span>
            </p>
          ))}
        </details>
      )}
    </section>
  );
}

function levelWords(element: Element, level: number | null): string {
  if (level === null) return say('sheet.noLevelYet');
  if (level === 0) return say('sheet.notSeen');
  const word = element.levels.find((one) => one.number === level)?.word ?? '';
  return `${level} ${word}`.trim();
}

// "2 of 3 say 2 Taking shape; Mrs Brandt says 3 Working well. What do you agree?"
function sentence(element: Element, said: ReturnType<typeof saidOf>): string {
  const word = (level: number) => element.levels.find((one) => one.number === level)?.word ?? '';
  const by = new Map<number | null, string[]>();
  for (const { page, rating } of said) {
    const level = levelOf(rating);
    by.set(level, [...(by.get(level) ?? []), page.author.name]);
  }
  const [only] = [...by.keys()];
  if (by.size === 1 && only !== undefined && only !== null) {
    return only === 0
      ? say('team.allNotSeen')
      : say('team.allSay', { n: String(only), word: word(only) });
  }
  const parts = [...by].map(([level, names]) => {
    const [name = ''] = names;
    if (level === null) return say('team.saysNothing', { name: list(names) });
    if (level === 0) return say('team.saysNotSeen', { name: list(names) });
    return names.length > 1
      ? say('team.some', {
          k: names.length,
          n: said.length,
          level: String(level),
          word: word(level),
        })
      : say('team.says', { name, n: String(level), word: word(level) });
  });
  return say('team.differ', { said: parts.join('; ') });
}

function Agreement({ visit, team }: { readonly visit: Visit; readonly team: Team }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const me = visit.mySheet?.author.id;
  const levels = Object.values(team.levels);
  const undecided = levels.some((one) => one.kind === 'undecided');
  if (!team.open) {
    return (
      <>
        <h2>{say('team.pages')}</h2>
        <ul className="list">
          {visit.observers.map((one) => (
            <li key={one.id} className="row who-row">
              <Icon name={one.submitted || one.excused ? 'tick' : 'clock'} />
              {one.excused
                ? say('team.excused', { name: one.name })
                : one.submitted
                  ? say('team.submitted', { name: one.name })
                  : one.name}
            </li>
          ))}
        </ul>
      </>
    );
  }
  return (
    <>
      <h2>{say('team.agreement')}</h2>
      <ul className="list">
        {team.expected.map((one) => {
          const has = team.agreed.some((other) => other.id === one.id);
          const mine = one.id === me;
          return (
            <li key={one.id} className="row who-row">
              <Icon name={has ? 'tick' : 'clock'} />
              {mine
                ? say(has ? 'team.youAgreed' : 'team.youNotAgreed')
                : say(has ? 'team.agreed' : 'team.notAgreed', { name: one.name })}
            </li>
          );
        })}
      </ul>
      {team.allAgreedMs !== null ? (
        <p className="notice ok" role="status">
          <Icon name="twoTicks" />
          {team.allAgreedMs > 0
            ? say('team.done', { n: team.expected.length, date: when.date(team.allAgreedMs) })
            : say('team.doneHere', { n: team.expected.length })}
        </p>
      ) : (
        !team.iAgreed && (
          <>
            <p className="second muted">
              {say(levels.length === 0 ? 'team.agreeNeeds' : 'team.agreeHint')}
            </p>
            <button
              type="button"
              className="primary big"
              disabled={levels.length === 0 || undecided}
              onClick={() => void run(() => app.agree(visit.id))}
            >
              {say('team.agree')}
            </button>
          </>
        )
      )}
      {visit.me === 'lead' && (
        <Link
          href={`/visits/${visit.id}/feedback`}
          className={team.allAgreedMs === null ? 'button' : 'button primary big'}
        >
          {say('team.toFeedback')}
        </Link>
      )}
    </>
  );
}

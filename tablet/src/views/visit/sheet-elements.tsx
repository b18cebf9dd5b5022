// Nine elements, and the open one with its descriptors in full and the notes that speak to it.

import { Link } from 'wouter';
import type { Element, Rating, Sheet, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useWhen } from '../frame/reading';

export function Elements({
  visit,
  sheet,
  open,
  setOpen,
  step,
}: {
  readonly visit: Visit;
  readonly sheet: Sheet;
  readonly open: number;
  readonly setOpen: (element: number) => void;
  readonly step: (by: number) => void;
}) {
  const element = visit.elements.find((one) => one.number === open);
  return (
    <>
      <div className="elements">
        {visit.elements.map((one) => (
          <ElementButton
            key={one.number}
            element={one}
            graded={visit.graded}
            rating={sheet.ratings[one.number]}
            notes={sheet.notes.filter((note) => note.element === one.number).length}
            open={one.number === open}
            choose={() => setOpen(one.number)}
          />
        ))}
      </div>
      {element && <OpenElement visit={visit} sheet={sheet} element={element} step={step} />}
    </>
  );
}

export function Dots({
  level,
  of,
  large = false,
}: {
  readonly level: number;
  readonly of: number;
  readonly large?: boolean;
}) {
  const dots = Array.from({ length: of }, (_, index) => index);
  return (
    <span className={`dots ${large ? 'large' : ''}`} aria-hidden="true">
      {dots.map((dot) => (
        <i key={dot} className={dot < level ? 'full' : ''} />
      ))}
    </span>
  );
}

function ratingWords(
  rating: Rating | undefined,
  element: Element,
): { level: number; words: string } {
  if (!rating) return { level: 0, words: say('sheet.noLevelYet') };
  if (rating.kind === 'notSeen') return { level: 0, words: say('sheet.notSeen') };
  if (rating.kind === 'undecided') return { level: 0, words: say('sheet.undecided') };
  const level = element.levels.find((one) => one.number === rating.level);
  return { level: rating.level, words: level?.word ?? String(rating.level) };
}

function ElementButton({
  element,
  graded,
  rating,
  notes,
  open,
  choose,
}: {
  readonly element: Element;
  readonly graded: boolean;
  readonly rating: Rating | undefined;
  readonly notes: number;
  readonly open: boolean;
  readonly choose: () => void;
}) {
  const { level, words } = ratingWords(rating, element);
  return (
    <button
      type="button"
      className={`element ${open ? 'on' : ''}`}
      aria-pressed={open}
      onClick={choose}
    >
      <span className="element-title">{element.title}</span>
      {graded && (
        <span className={`element-level ${rating?.kind === 'undecided' ? 'ask' : ''}`}>
          {level > 0 && <Dots level={level} of={element.levels.length} />}
          <span className="visually-hidden">
            {level > 0
              ? `, ${say('sheet.levelState', { n: level, of: element.levels.length })}, `
              : ', '}
          </span>
          {words}
        </span>
      )}
      {notes > 0 && (
        <span className="element-notes">
          <span aria-hidden="true">{notes}</span>
          <span className="visually-hidden">, {say('sheet.noteCount', { n: notes })}</span>
        </span>
      )}
    </button>
  );
}

function OpenElement({
  visit,
  sheet,
  element,
  step,
}: {
  readonly visit: Visit;
  readonly sheet: Sheet;
  readonly element: Element;
  readonly step: (by: number) => void;
}) {
  const app = useApp();
  const run = useGesture();
  const rating = sheet.ratings[element.number];
  const chosen = rating?.kind === 'level' ? rating.level : null;
  const rate = (level: number | null) => void run(() => app.rate(visit.id, element.number, level));
  return (
    <section className="open-element" aria-label={element.title}>
      <div className="row wrap open-head">
        <h2 className="fill">{element.title}</h2>
        {visit.graded ? (
          <>
            <button
              type="button"
              className={`small ${rating?.kind === 'notSeen' ? 'on' : ''}`}
              aria-pressed={rating?.kind === 'notSeen'}
              onClick={() => rate(0)}
            >
              {rating?.kind === 'notSeen' && <Icon name="tick" />}
              {say('sheet.notSeen')}
            </button>
            <button
              type="button"
              className="small"
              aria-label={say('sheet.noLevelLong')}
              disabled={!rating}
              onClick={() => rate(null)}
            >
              {say('sheet.noLevel')}
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              className="icon"
              aria-label={say('sheet.previous')}
              onClick={() => step(-1)}
            >
              <Icon name="back" />
            </button>
            <button
              type="button"
              className="icon"
              aria-label={say('sheet.next')}
              onClick={() => step(1)}
            >
              <Icon name="forward" />
            </button>
          </>
        )}
      </div>
      {rating?.kind === 'undecided' && (
        <Link href={`/questions/${rating.questionId}`} className="notice ask second">
          <Icon name="question" />
          {say('sheet.undecided')}
        </Link>
      )}
      {visit.graded ? (
        <Levels element={element} chosen={chosen} rate={rate} />
      ) : (
        <LookFor element={element} />
      )}
      <Evidence sheet={sheet} element={element} />
    </section>
  );
}

// A radiogroup with nothing chosen beforehand.
function Levels({
  element,
  chosen,
  rate,
}: {
  readonly element: Element;
  readonly chosen: number | null;
  readonly rate: (level: number) => void;
}) {
  return (
    <div
      className="levels"
      role="radiogroup"
      aria-label={say('sheet.levels', { element: element.title })}
    >
      {element.levels.map((level) => (
        <label key={level.number} className="level">
          <input
            type="radio"
            className="hidden-input"
            name={`level ${element.number}`}
            checked={chosen === level.number}
            aria-label={say('sheet.levelName', {
              n: level.number,
              word: level.word,
              descriptor: level.descriptor,
            })}
            onChange={() => rate(level.number)}
          />
          <span className="level-word">
            {level.number} {level.word}
            <Icon name="tick" />
          </span>
          <span>{level.descriptor}</span>
        </label>
      ))}
    </div>
  );
}

// Ungraded: the same descriptors as a ladder to look along, with nothing to choose.
function LookFor({ element }: { readonly element: Element }) {
  return (
    <>
      {element.lookFor && <p className="second">{element.lookFor}</p>}
      <ol className="levels">
        {element.levels.map((level) => (
          <li key={level.number} className="level plain">
            <span className="level-word">{level.word}</span>
            <span>{level.descriptor}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function Evidence({ sheet, element }: { readonly sheet: Sheet; readonly element: Element }) {
  const when = useWhen();
  const notes = sheet.notes.filter((note) => note.element === element.number);
  const shown = notes.slice(-2);
  return (
    <div className="evidence">
      <h3 className="second">{say('sheet.yourNotesOn', { element: element.title })}</h3>
      {notes.length === 0 && <p className="muted">{say('sheet.noNotesOn')}</p>}
      {shown.map((note) => (
        <p key={note.id} className="evidence-note">
          <time className="muted">{note.atMs === null ? '' : when.time(note.atMs)}</time>
          <span>{note.text}</span>
        </p>
      ))}
      {notes.length > shown.length && (
        <p className="muted evidence-more">
          {say('sheet.more', { n: notes.length - shown.length })}
        </p>
      )}
    </div>
  );
}

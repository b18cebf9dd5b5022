// The sheet beside the feedback: a tap carries a note over to the part that is chosen. Praise went well.

import { Link } from 'wouter';
import type { Feedback, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useWhen } from '../frame/reading';
import type { TypedField } from '../frame/typing';

export type CarryTo = 'strengths' | 'priority' | 'step';

const partWords = {
  strengths: 'compose.whatWentWell',
  priority: 'compose.priority',
  step: 'compose.step',
} as const;

export function From({
  visit,
  feedback,
  to,
  choose,
  fields,
}: {
  readonly visit: Visit;
  readonly feedback: Feedback | null;
  readonly to: CarryTo;
  readonly choose: (to: CarryTo) => void;
  readonly fields: CarriedFields;
}) {
  const when = useWhen();
  const carry = useCarry(visit, fields);
  const sheet = visit.mySheet;
  const may = feedback !== null && visit.me === 'lead';
  return (
    <>
      <div className="row">
        <div className="fill">
          <h2>{say('compose.from')}</h2>
        </div>
        {sheet && (
          <Link href={`/visits/${visit.id}`} className="button small">
            {say('compose.openSheet')}
          </Link>
        )}
      </div>
      {may && (
        <fieldset className="carry-to">
          <legend className="second muted">{say('compose.fromHint')}</legend>
          <div className="segments">
            {(['strengths', 'priority', 'step'] as const).map((one) => (
              <label key={one}>
                <input
                  className="hidden-input"
                  type="radio"
                  name="carry-to"
                  checked={to === one}
                  onChange={() => choose(one)}
                />
                {say(partWords[one])}
              </label>
            ))}
          </div>
        </fieldset>
      )}
      {(!sheet || (sheet.praise.length === 0 && sheet.notes.length === 0)) && (
        <p className="muted">{say('compose.fromEmpty')}</p>
      )}
      <div>
        {sheet?.praise.map((item) => (
          <Carry
            key={item.id}
            time={null}
            text={item.text}
            may={may}
            to="strengths"
            carry={(text) => carry('strengths', text)}
          />
        ))}
        {sheet?.notes.map((note) => (
          <Carry
            key={note.id}
            time={note.atMs === null ? '' : when.time(note.atMs)}
            text={note.text}
            may={may}
            to={to}
            carry={(text) => carry(to, text)}
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

// The fields of the right side that a note is put to.
export interface CarriedFields {
  readonly priority: TypedField;
  readonly step: TypedField;
}

// A note becomes one more thing that went well, or the next line of the priority or of the step: what
// is written there stays.
function useCarry(visit: Visit, fields: CarriedFields) {
  const app = useApp();
  const run = useGesture();
  const now = () => {
    const loaded = app.visit(visit.id).get();
    return loaded.kind === 'ready' ? loaded.value : visit;
  };
  return (to: CarryTo, text: string) => {
    // A tap leaves the focus in the field on some tablets, and the field then shows what was typed.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (to === 'strengths') void run(() => app.addStrength(visit.id, text));
    else if (to === 'priority') {
      fields.priority.append(
        text,
        () => now().feedback?.priority ?? '',
        (all) => run(() => app.setPriority(visit.id, all)),
      );
    } else {
      fields.step.append(
        text,
        () => now().steps[0]?.text ?? '',
        (all) => {
          const [step] = now().steps;
          const element = now().feedback?.priorityElement ?? null;
          return run<unknown>(() =>
            step === undefined
              ? app.addStep(visit.id, all, element, null)
              : app.editStep(visit.id, step.id, { text: all }),
          );
        },
      );
    }
  };
}

function Carry({
  time,
  text,
  may,
  to,
  carry,
}: {
  // Null: praise, which has a star instead.
  readonly time: string | null;
  readonly text: string;
  readonly may: boolean;
  readonly to: CarryTo;
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
        {may && (
          <span className="visually-hidden">
            {say('compose.carry', { part: say(partWords[to]) })}{' '}
          </span>
        )}
        {text}
      </span>
      {may && <Icon name="forward" />}
    </button>
  );
}

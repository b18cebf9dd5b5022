// An aim, a weekly look and a decision, as they are written.

import { useState } from 'react';
import type { CycleAim, CycleDecision, CycleReview, ReviewPlace } from '../../app/contract';
import { say } from '../../words/say';
import { DiffersNotice } from '../forms/differs';
import { ColleagueField, DayField, WordsField } from '../forms/fields';
import { FormDialog } from '../forms/form-dialog';
import { useApp } from '../frame/reading';
import '../visits/visits.css';

interface FormProps {
  readonly place: ReviewPlace;
  readonly onClose: () => void;
}

// A decision has an owner and a day: without them nobody would hear of it again.
export function DecisionForm({
  place,
  decision,
  onClose,
}: FormProps & { readonly decision: CycleDecision | null }) {
  const app = useApp();
  const [text, setText] = useState(decision?.text ?? '');
  const [owner, setOwner] = useState(decision?.ownerId ?? '');
  const [dueMs, setDue] = useState(decision?.dueMs ?? null);
  const [done, setDone] = useState(decision?.done ?? false);
  return (
    <FormDialog
      title={say(decision === null ? 'cycle.addDecision' : 'cycle.changeDecision')}
      ready={text.trim() !== '' && owner !== '' && dueMs !== null}
      save={() =>
        app.decide(place, decision?.key ?? null, {
          text: text.trim(),
          owner,
          ...(dueMs === null ? {} : { dueMs }),
          ...(decision === null ? {} : { done }),
        })
      }
      onClose={onClose}
    >
      <DiffersNotice differs={decision?.differs ?? []} />
      <WordsField label={say('cycle.what')} value={text} onChange={setText} most={1000} needed />
      <ColleagueField value={owner} onChange={setOwner} needed />
      <DayField value={dueMs} onChange={setDue} needed />
      {decision !== null && (
        <label className="check">
          <input
            type="checkbox"
            checked={done}
            onChange={(event) => setDone(event.target.checked)}
          />
          {say('cycle.markDone')}
        </label>
      )}
    </FormDialog>
  );
}

export function AimForm({ place, aim, onClose }: FormProps & { readonly aim: CycleAim | null }) {
  const app = useApp();
  const [text, setText] = useState(aim?.text ?? '');
  const [isNumbered, setNumbered] = useState(aim === null || aim.value !== null);
  const [value, setValue] = useState(aim?.value === undefined ? '' : String(aim.value ?? ''));
  const [now, setNow] = useState(aim?.now === undefined ? '' : String(aim.now ?? ''));
  const [atMost, setAtMost] = useState(aim?.atMost ?? false);
  const number = (typed: string) => (/^-?\d{1,9}$/.test(typed.trim()) ? Number(typed) : null);
  const isReady = text.trim() !== '' && (!isNumbered || number(value) !== null);
  return (
    <FormDialog
      title={say(aim === null ? 'cycle.addAim' : 'cycle.changeAim')}
      ready={isReady && (now.trim() === '' || number(now) !== null)}
      save={() =>
        app.aimFor(place, aim?.key ?? null, {
          text: text.trim(),
          ...(isNumbered
            ? { value: number(value), atMost, now: number(now) }
            : aim?.value != null
              ? { value: null }
              : {}),
        })
      }
      onClose={onClose}
    >
      <DiffersNotice differs={aim?.differs ?? []} />
      <WordsField label={say('cycle.aimText')} value={text} onChange={setText} most={500} needed />
      <label className="check">
        <input
          type="checkbox"
          checked={isNumbered}
          onChange={(event) => setNumbered(event.target.checked)}
        />
        {say('cycle.aimNumber')}
      </label>
      {isNumbered && (
        <>
          <div className="row wrap">
            <div className="segments" role="radiogroup" aria-label={say('cycle.aimValue')}>
              {[false, true].map((one) => (
                <label key={String(one)}>
                  <input
                    className="hidden-input"
                    type="radio"
                    name="way"
                    checked={atMost === one}
                    onChange={() => setAtMost(one)}
                  />
                  {say(one ? 'cycle.aimFalls' : 'cycle.aimRises')}
                </label>
              ))}
            </div>
            <NumberField label={say('cycle.aimValue')} value={value} onChange={setValue} />
            <NumberField label={say('cycle.aimNow')} value={now} onChange={setNow} />
          </div>
          <p className="small muted">{say('cycle.aimNoPupils')}</p>
        </>
      )}
    </FormDialog>
  );
}

function NumberField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <label className="row">
      <span>{label}</span>
      <input
        className="minutes"
        inputMode="numeric"
        maxLength={10}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

type WeekSaid = CycleReview['checkPoints'][number];
const states = ['onTrack', 'behind', 'reached'] as const;

export function WeekForm({
  place,
  week,
  said,
  onClose,
}: FormProps & { readonly week: number; readonly said: WeekSaid | null }) {
  const app = useApp();
  const [state, setState] = useState<WeekSaid['state']>(said?.state ?? 'none');
  const [text, setText] = useState(said?.text ?? '');
  return (
    <FormDialog
      title={say('cycle.weekTitle', { n: week })}
      ready={state !== 'none'}
      save={() => app.lookAtWeek(place, week, state, text.trim())}
      onClose={onClose}
    >
      <DiffersNotice differs={said?.differs ?? []} />
      <fieldset className="plain">
        <legend className="label">{say('cycle.weekHow')}</legend>
        <div className="options">
          {states.map((one) => (
            <label key={one} className="option">
              <input
                className="hidden-input"
                type="radio"
                name="week-state"
                checked={state === one}
                onChange={() => setState(one)}
              />
              {say('cycle.checkPoint', { state: one })}
            </label>
          ))}
        </div>
      </fieldset>
      <WordsField label={say('cycle.weekText')} value={text} onChange={setText} most={500} />
    </FormDialog>
  );
}

// Fields of the small forms: words, a colleague, a day.

import { say } from '../../words/say';
import { useApp, useStore } from '../frame/reading';

const dayMs = 86_400_000;

export function WordsField({
  label,
  value,
  onChange,
  most,
  needed = false,
  rows = 3,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  // Characters; the app refuses what is longer in bytes.
  readonly most: number;
  readonly needed?: boolean;
  readonly rows?: number;
}) {
  return (
    <label className="field">
      <span>
        {label} {needed && <span className="chip">{say('common.needed')}</span>}
      </span>
      <textarea
        rows={rows}
        maxLength={most}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

export function ColleagueField({
  label = say('form.owner'),
  value,
  onChange,
  nobody = say('form.nobody'),
  but = '',
  needed = false,
}: {
  readonly label?: string;
  // Letters; empty: nobody.
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly nobody?: string;
  // Who is not offered.
  readonly but?: string;
  readonly needed?: boolean;
}) {
  const colleagues = useStore(useApp().colleagues);
  return (
    <label className="field">
      <span>
        {label} {needed && <span className="chip">{say('common.needed')}</span>}
      </span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{nobody}</option>
        {colleagues
          .filter(({ id }) => id !== but)
          .map(({ id, name, department }) => (
            <option key={id} value={id}>
              {department === '' ? name : `${name} · ${department}`}
            </option>
          ))}
      </select>
    </label>
  );
}

// A day as a day: its first moment in UTC. Null: none.
export function DayField({
  label = say('form.day'),
  value,
  onChange,
  needed = false,
}: {
  readonly label?: string;
  readonly value: number | null;
  readonly onChange: (ms: number | null) => void;
  readonly needed?: boolean;
}) {
  return (
    <label className="field">
      <span>
        {label} {needed && <span className="chip">{say('common.needed')}</span>}
      </span>
      <input
        type="date"
        value={value === null ? '' : new Date(value).toISOString().slice(0, 10)}
        onChange={(event) => {
          const ms = Date.parse(`${event.target.value}T00:00:00Z`);
          onChange(Number.isNaN(ms) ? null : ms - (ms % dayMs));
        }}
      />
    </label>
  );
}

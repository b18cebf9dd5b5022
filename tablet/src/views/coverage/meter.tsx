// Four patterns, each with its word and number: a bar that is readable without colour, and read out.

import type { CoverNumbers } from '../../app/contract';
import { say } from '../../words/say';

const parts = ['done', 'booked', 'due', 'overdue'] as const;

export function Bar({ numbers }: { readonly numbers: CoverNumbers }) {
  const { done, booked, due, overdue, eligible } = numbers;
  const words = say('coverage.meter', { done, booked, due, overdue, eligible });
  return (
    <div className="meter" role="img" aria-label={words}>
      {parts
        .filter((part) => numbers[part] > 0)
        .map((part) => (
          <i key={part} className={`fill-${part}`} style={{ flexGrow: numbers[part] }} />
        ))}
    </div>
  );
}

export function Meter({ numbers }: { readonly numbers: CoverNumbers }) {
  return (
    <div>
      <Bar numbers={numbers} />
      <ul className="meter-key">
        {parts.map((part) => (
          <li key={part}>
            <i className={`fill-${part}`} aria-hidden="true" />
            {say(`coverage.${part}`, { n: numbers[part] })}
          </li>
        ))}
        {numbers.exempt > 0 && (
          <li className="muted">{say('coverage.exempt', { n: numbers.exempt })}</li>
        )}
      </ul>
    </div>
  );
}

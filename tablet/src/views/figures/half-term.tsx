// Which half-term a page is of, and the way to the one before and after.

import { Link } from 'wouter';
import type { HalfTerm } from '../../app/contract';
import { say } from '../../words/say';
import { date } from '../../words/when';
import { Icon } from '../frame/icons';
import { useApp, useStore, useWhen } from '../frame/reading';

export const halfTermName = ({ number }: HalfTerm) => say('halfTerm.name', { number });
export const halfTermShort = ({ number }: HalfTerm) => say('halfTerm.short', { number });

export function useDays() {
  const when = useWhen();
  // Days are days, wherever the school is.
  return { ...when, day: (ms: number) => date(ms, 'UTC', when.now) };
}

export function HalfTermPicker({
  halfTerm,
  to,
}: {
  readonly halfTerm: HalfTerm;
  readonly to: (h2: number) => string;
}) {
  const app = useApp();
  const all = useStore(app.figures.halfTerms);
  const { day } = useDays();
  const at = all.findIndex(({ h2 }) => h2 === halfTerm.h2);
  return (
    <nav className="half-term" aria-label={say('halfTerm.which')}>
      <Step to={to} halfTerm={all[at - 1]} icon="back" words="halfTerm.earlier" />
      <span className="half-term-days">
        <span className="strong">{halfTermName(halfTerm)}</span>
        {halfTerm.toMs > 0 && (
          <span className="small muted">
            {say('halfTerm.days', { from: day(halfTerm.fromMs), to: day(halfTerm.toMs) })}
          </span>
        )}
      </span>
      <Step to={to} halfTerm={all[at + 1]} icon="forward" words="halfTerm.later" />
    </nav>
  );
}

function Step({
  to,
  halfTerm,
  icon,
  words,
}: {
  readonly to: (h2: number) => string;
  readonly halfTerm: HalfTerm | undefined;
  readonly icon: 'back' | 'forward';
  readonly words: 'halfTerm.earlier' | 'halfTerm.later';
}) {
  if (halfTerm === undefined) return <span className="half-term-end" />;
  return (
    <Link
      href={to(halfTerm.h2)}
      replace
      className="button icon"
      aria-label={`${say(words)}: ${halfTermName(halfTerm)}`}
    >
      <Icon name={icon} />
    </Link>
  );
}

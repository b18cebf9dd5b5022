// Six digits, by finger or by keyboard. The sixth completes by itself.

import { useEffect, useState } from 'react';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useLatest, useNow } from '../frame/reading';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];

export function PinPad({
  label,
  problem,
  waitUntilMs,
  onPin,
}: {
  readonly label: string;
  readonly problem: string;
  // No digit is taken before that moment.
  readonly waitUntilMs: number | null;
  readonly onPin: (pin: string) => void;
}) {
  const [pin, setPin] = useState('');
  const now = useNow(1000);
  const wait = waitUntilMs === null ? 0 : Math.max(0, Math.ceil((waitUntilMs - now) / 1000));
  const press = (digit: string) => {
    if (wait > 0) return;
    const next = pin + digit;
    setPin(next.length === 6 ? '' : next);
    if (next.length === 6) onPin(next);
  };
  const latest = useLatest({ press, remove: () => setPin(pin.slice(0, -1)) });
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^[0-9]$/.test(event.key)) latest.current.press(event.key);
      else if (event.key === 'Backspace') latest.current.remove();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [latest]);
  return (
    <fieldset className="pin" aria-label={label}>
      <p className="strong">{label}</p>
      <p className="pin-dots" role="status">
        <span className="visually-hidden">{say('pin.entered', { n: pin.length })}</span>
        {digits.slice(0, 6).map((digit, index) => (
          <i key={digit} className={index < pin.length ? 'full' : ''} aria-hidden="true" />
        ))}
      </p>
      <p className="pin-problem" role="alert">
        {wait > 0 ? say('problem.pinWait', { n: wait }) : problem}
      </p>
      <div className="pin-keys">
        {digits.map((digit) => (
          <button
            key={digit}
            type="button"
            className={digit === '0' ? 'zero' : ''}
            disabled={wait > 0}
            onClick={() => press(digit)}
          >
            {digit}
          </button>
        ))}
        <button
          type="button"
          className="icon"
          aria-label={say('pin.delete')}
          disabled={pin.length === 0}
          onClick={() => setPin(pin.slice(0, -1))}
        >
          <Icon name="rubOut" />
        </button>
      </div>
    </fieldset>
  );
}

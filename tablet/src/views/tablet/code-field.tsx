// The ten characters of an invitation, grouped five and five as they are typed.

import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { say } from '../../words/say';

export function grouped(typed: string): string {
  const plain = typed
    .replace(/[^0-9a-z]/gi, '')
    .toUpperCase()
    .slice(0, 10);
  return plain.length > 5 ? `${plain.slice(0, 5)}-${plain.slice(5)}` : plain;
}

export function CodeField({
  busy,
  problem,
  action = say('enrol.join'),
  beside,
  onJoin,
}: {
  readonly busy: boolean;
  readonly problem: string;
  readonly action?: string;
  // Another use of the code that was typed; empty: it is not whole yet.
  readonly beside?: (code: string) => ReactNode;
  readonly onJoin: (code: string) => void;
}) {
  const [code, setCode] = useState('');
  const problemId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.length === 11 && !busy) onJoin(code);
  };
  return (
    <form className="column" onSubmit={submit}>
      <label className="field">
        <span>{say('enrol.codeLabel')}</span>
        <input
          className="code"
          value={code}
          onChange={(event) => setCode(grouped(event.target.value))}
          autoCapitalize="characters"
          autoComplete="one-time-code"
          autoCorrect="off"
          spellCheck={false}
          aria-describedby={problemId}
          aria-invalid={problem !== ''}
        />
      </label>
      <p id={problemId} role="alert" className="problem">
        {problem}
      </p>
      <div>
        <button type="submit" className="primary big" disabled={code.length !== 11 || busy}>
          {busy ? say('enrol.joining') : action}
        </button>
      </div>
      {beside?.(code.length === 11 && !busy ? code : '')}
    </form>
  );
}

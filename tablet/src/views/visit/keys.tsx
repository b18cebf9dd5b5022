// The keys of a sheet, as a list.

import { say } from '../../words/say';

const keys = [
  ['N', 'keys.n'],
  ['P', 'keys.p'],
  ['1 – 4', 'keys.1'],
  ['0', 'keys.0'],
  ['← →', 'keys.arrows'],
  ['L', 'keys.l'],
  ['T', 'keys.t'],
  ['K', 'keys.k'],
  ['Ctrl Z', 'keys.undo'],
  ['Ctrl Enter', 'keys.finish'],
  ['?', 'keys.help'],
] as const;

export function KeyList() {
  return (
    <dl className="key-list">
      {keys.map(([key, words]) => (
        <div key={key} className="key-row">
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{say(words)}</dd>
        </div>
      ))}
    </dl>
  );
}

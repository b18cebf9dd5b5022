// What is asked of the server while somebody looks: the answer, or why there is none and a way to ask
// again.

import type { ReactNode } from 'react';
import type { Loaded } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { Shown } from '../frame/page';

export function ShownAsked<T>({
  loaded,
  again,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly again: () => void;
  readonly children: (value: T) => ReactNode;
}) {
  if (loaded.kind !== 'failed') return <Shown loaded={loaded}>{children}</Shown>;
  return (
    <div className="notice ask" role="alert">
      <Icon name="warning" />
      <p className="fill">{wordsOf(loaded.code)}</p>
      <button type="button" className="small" onClick={again}>
        {say('office.again')}
      </button>
    </div>
  );
}

function wordsOf(code: string): string {
  if (code === 'offline') return say('office.offline');
  if (code === 'busy') return say('office.busy');
  if (code === 'signInEnded') return say('waiting.signInEnded');
  return `${say('common.partFailed')} ${say('common.code', { code })}`;
}

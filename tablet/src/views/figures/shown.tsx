// What a page of figures shows while it waits, when there is no network, and when there is nothing.

import type { ReactNode } from 'react';
import type { FigureAnswer, Loaded } from '../../app/contract';
import { say } from '../../words/say';
import { Empty, PartFailed, Skeleton } from '../frame/page';
import { useApp } from '../frame/reading';

export function ShownAnswer<T>({
  loaded,
  nothing = say('common.nothing'),
  children,
}: {
  readonly loaded: Loaded<FigureAnswer<T>>;
  // In place of the usual words, where "nothing" has a reason of its own.
  readonly nothing?: string;
  readonly children: (answer: FigureAnswer<T>) => ReactNode;
}) {
  const app = useApp();
  switch (loaded.kind) {
    case 'ready':
      return children(loaded.value);
    case 'nothing':
      return (
        <Empty>
          <p>{nothing}</p>
        </Empty>
      );
    case 'failed':
      if (loaded.code === 'offline' || loaded.code === 'busy' || loaded.code === 'signInEnded') {
        return (
          <Empty>
            <p>{say('figures.notYet')}</p>
            <button type="button" onClick={() => app.figures.askAgain()}>
              {say('figures.askAgain')}
            </button>
          </Empty>
        );
      }
      return <PartFailed code={loaded.code} again={() => app.figures.askAgain()} />;
    default:
      return <Skeleton />;
  }
}

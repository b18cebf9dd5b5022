// How complete the figures are, and why they changed since this person last looked.

import { type ReactNode, useState } from 'react';
import type { Completeness, FigureAnswer } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { useWhen } from '../frame/reading';
import './figures.css';

export function Watermark<T>({
  answer,
  complete,
  changes,
  extra,
}: {
  readonly answer: FigureAnswer<T>;
  // Null: frozen figures, which are complete by definition.
  readonly complete: Completeness | null;
  // One line for each thing that changed since the last view; null: that is not kept of this page.
  readonly changes: readonly string[] | null;
  readonly extra?: ReactNode;
}) {
  const when = useWhen();
  const [open, setOpen] = useState(false);
  const time = when.dateTime(answer.atMs);
  const asOf = {
    current: 'water.asOf',
    asking: 'water.asOf',
    offline: 'water.lastKnew',
    busy: 'water.busy',
    signInEnded: 'water.signInEnded',
    failed: 'water.failed',
  } as const;
  const words = [say(asOf[answer.freshness], { time })];
  if (complete !== null) {
    if (complete.recomputing) words.push(say('water.recomputing'));
    if (complete.recovering !== null) words.push(say('water.recovering', complete.recovering));
    words.push(
      complete.tabletsNotSeen === 0 || complete.awaySinceMs === null
        ? say('water.allSeen')
        : say('water.notSeen', {
            n: complete.tabletsNotSeen,
            date: when.date(complete.awaySinceMs),
          }),
    );
    if (complete.lateSinceLastView > 0) {
      words.push(say('water.late', { n: complete.lateSinceLastView }));
    }
  }
  return (
    <div className="water">
      <Icon name="clock" />
      <p className="fill">
        {words.join(' ')} {extra}
      </p>
      {changes !== null && (
        <button type="button" className="link" onClick={() => setOpen(true)}>
          {say('water.why')}
          {changes.length > 0 && <span className="count">{changes.length}</span>}
        </button>
      )}
      {open && changes !== null && (
        <Dialog title={say('water.whyTitle')} onClose={() => setOpen(false)}>
          <Why lastViewMs={answer.lastViewMs} changes={changes} />
        </Dialog>
      )}
    </div>
  );
}

function Why({
  lastViewMs,
  changes,
}: {
  readonly lastViewMs: number | null;
  readonly changes: readonly string[];
}) {
  const when = useWhen();
  if (lastViewMs === null) {
    return (
      <>
        <p>{say('water.whyFirst')}</p>
        <p className="muted">{say('water.whyNone')}</p>
      </>
    );
  }
  const time = when.dateTime(lastViewMs);
  if (changes.length === 0) return <p>{say('water.whyNothing', { time })}</p>;
  return (
    <>
      <p>{say('water.whySince', { time })}</p>
      <ul className="list">
        {changes.map((change) => (
          <li key={change} className="who-row">
            {change}
          </li>
        ))}
      </ul>
    </>
  );
}

// Tallies, and the on-task look with its timer.

import { useState } from 'react';
import type { Sheet, Tally, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useNow } from '../frame/reading';

const enoughLooks = 3;

export function Tools({ visit, sheet }: { readonly visit: Visit; readonly sheet: Sheet }) {
  if (sheet.tallies.length === 0 && visit.lookEveryMin === 0) return null;
  return (
    <div className="tools">
      {sheet.tallies.slice(0, 2).map((tally) => (
        <TallyCard key={tally.code} visit={visit} tally={tally} />
      ))}
      {visit.lookEveryMin > 0 && <LookCard visit={visit} sheet={sheet} />}
    </div>
  );
}

function TallyCard({ visit, tally }: { readonly visit: Visit; readonly tally: Tally }) {
  const app = useApp();
  const run = useGesture();
  return (
    <div className="tool tally">
      {tally.mine > 0 && (
        <button
          type="button"
          className="icon tally-back"
          aria-label={say('sheet.tally.back', { label: tally.label })}
          onClick={() => void run(() => app.untick(visit.id, tally.code))}
        >
          <Icon name="minus" />
        </button>
      )}
      <button
        type="button"
        className="tally-add"
        onClick={() => void run(() => app.tick(visit.id, tally.code))}
      >
        <span className="tally-label">
          <span>{tally.label}</span>
          <span className="visually-hidden">, </span>
          <b>{tally.count}</b>
        </span>
        <span className="tally-plus">
          <Icon name="plus" />
          <span className="visually-hidden">, {say('sheet.tally.add')}</span>
        </span>
      </button>
    </div>
  );
}

function LookCard({ visit, sheet }: { readonly visit: Visit; readonly sheet: Sheet }) {
  const now = useNow(1000);
  const [asking, setAsking] = useState(false);
  // A skipped look counts as looked, for the timer alone.
  const [skippedMs, setSkippedMs] = useState(0);
  const last = sheet.onTask.at(-1);
  const enough = sheet.onTask.length >= enoughLooks;
  const sinceMs = Math.max(last?.atMs ?? 0, skippedMs, visit.startedMs ?? now);
  const leftS = Math.ceil((sinceMs + visit.lookEveryMin * 60_000 - now) / 1000);
  const due = !enough && !sheet.submitted && leftS <= 0;
  const clock = `${Math.floor(Math.max(0, leftS) / 60)}:${String(Math.max(0, leftS) % 60).padStart(2, '0')}`;
  return (
    <div className={`tool look ${due ? 'due' : ''}`}>
      <span className="fill">
        <strong>
          {last ? say('sheet.onTask', { n: last.onTask, of: last.total }) : say('sheet.lookNone')}
        </strong>
        <br />
        {enough
          ? say('sheet.looksDone')
          : due
            ? say('sheet.lookDue')
            : say('sheet.nextLook', { time: clock })}
      </span>
      <span className="visually-hidden" role="status">
        {due ? say('sheet.lookQuestion') : ''}
      </span>
      <button type="button" id="look" className="small" onClick={() => setAsking(true)}>
        {say('sheet.look')}
      </button>
      {asking && (
        <Look
          visit={visit}
          sheet={sheet}
          close={() => setAsking(false)}
          skip={() => {
            setSkippedMs(now);
            setAsking(false);
          }}
        />
      )}
    </div>
  );
}

const pad = [0, 1, 2, 3, 4, 5];

function Look({
  visit,
  sheet,
  close,
  skip,
}: {
  readonly visit: Visit;
  readonly sheet: Sheet;
  readonly close: () => void;
  readonly skip: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const [more, setMore] = useState(false);
  const pupils = sheet.pupilsPresent ?? 28;
  const setPupils = (n: number) => void run(() => app.setPupilsPresent(visit.id, Math.max(1, n)));
  const store = async (notYet: number) => {
    const done = await run(() => app.snapshot(visit.id, Math.max(0, pupils - notYet), pupils));
    if (done !== undefined) close();
  };
  const numbers = more ? Array.from({ length: Math.max(0, pupils - 5) }, (_, n) => n + 6) : pad;
  return (
    <Dialog title={say('sheet.lookQuestion')} onClose={close}>
      <div className="row">
        <span className="fill">{say('sheet.pupils')}</span>
        <button
          type="button"
          className="icon"
          aria-label={say('sheet.pupilsFewer')}
          onClick={() => setPupils(pupils - 1)}
        >
          <Icon name="minus" />
        </button>
        <output className="look-pupils">{pupils}</output>
        <button
          type="button"
          className="icon"
          aria-label={say('sheet.pupilsMore')}
          onClick={() => setPupils(pupils + 1)}
        >
          <Icon name="plus" />
        </button>
      </div>
      <div className="look-pad">
        {numbers.map((n) => (
          <button
            key={n}
            type="button"
            aria-label={say('sheet.notOnTask', { n })}
            onClick={() => void store(n)}
          >
            {n}
          </button>
        ))}
        {!more && (
          <button
            type="button"
            aria-label={say('sheet.notOnTaskMore')}
            onClick={() => setMore(true)}
          >
            6+
          </button>
        )}
      </div>
      <div className="row">
        <button type="button" onClick={skip}>
          {say('sheet.skip')}
        </button>
        <p className="second muted">{say('sheet.looksDone')}</p>
      </div>
    </Dialog>
  );
}

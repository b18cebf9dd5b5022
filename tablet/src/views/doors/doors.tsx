// Open doors: this week's lessons by day, and my own.

import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { OpenDoor, OpenDoors } from '../../app/contract';
import { list, say } from '../../words/say';
import { dayField } from '../../words/when';
import { Confirm } from '../frame/confirm';
import { Icon } from '../frame/icons';
import { Empty, Page, Shown } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { DoorForm } from './door-form';
import './doors.css';

export function DoorsScreen() {
  const app = useApp();
  const doors = useStore(app.doors);
  const [form, setForm] = useState<OpenDoor | 'new' | null>(null);
  const [closing, setClosing] = useState<OpenDoor | null>(null);
  useEffect(() => {
    void app.lookForDoors();
  }, [app]);
  return (
    <Page
      title={say('doors.title')}
      back={{ to: '/visits', place: say('nav.visits') }}
      actions={
        doors.kind === 'ready' && (
          <button type="button" className="primary" onClick={() => setForm('new')}>
            <Icon name="plus" />
            {say('doors.open')}
          </button>
        )
      }
    >
      {doors.kind === 'nothing' ? (
        <Empty>
          <p>{say('doors.none')}</p>
        </Empty>
      ) : (
        <Shown loaded={doors}>
          {(value) => (
            <>
              <p className="measure">{say('doors.purpose')}</p>
              <AsOf doors={value} />
              <Lists doors={value} change={setForm} close={setClosing} />
              {form !== null && (
                <DoorForm
                  door={form === 'new' ? null : form}
                  lastDayMs={value.lastDayMs}
                  close={() => setForm(null)}
                />
              )}
              {closing && (
                <Confirm
                  title={say('doors.closeTitle')}
                  hint={say('doors.closeHint', { n: closing.taken })}
                  action={say('doors.close')}
                  act={() => app.closeDoor(closing.id)}
                  close={() => setClosing(null)}
                />
              )}
            </>
          )}
        </Shown>
      )}
    </Page>
  );
}

function AsOf({ doors: { trouble, asOfMs } }: { readonly doors: OpenDoors }) {
  const when = useWhen();
  const time = when.dateTime(asOfMs);
  if (trouble === null) return <p className="second muted">{say('doors.asOf', { time })}</p>;
  return (
    <p className="notice info" role="status">
      <Icon name="warning" />
      {say(trouble === 'offline' ? 'doors.offline' : 'doors.failed', { time })}
    </p>
  );
}

type Act = (door: OpenDoor) => void;

function Lists({
  doors,
  change,
  close,
}: {
  readonly doors: OpenDoors;
  readonly change: Act;
  readonly close: Act;
}) {
  const when = useWhen();
  const mine = doors.doors.filter((door) => door.mine);
  const others = doors.doors.filter((door) => !door.mine);
  const [, nextMonday] = doors.weekMs;
  const isLater = (door: OpenDoor) =>
    Date.parse(`${dayField(door.lessonMs, when.zone)}T00:00:00Z`) >= nextMonday;
  const days = new Map<string, OpenDoor[]>();
  for (const door of others.filter((one) => !isLater(one))) {
    const day = when.date(door.lessonMs);
    days.set(day, [...(days.get(day) ?? []), door]);
  }
  const later = others.filter(isLater);
  const isEmpty = doors.doors.every((door) => isLater(door));
  return (
    <>
      {isEmpty && (
        <Empty>
          <p>{say('doors.empty')}</p>
        </Empty>
      )}
      {[...days].map(([day, onDay]) => (
        <Group key={day} title={day} doors={onDay} ofOneDay change={change} close={close} />
      ))}
      <Group title={say('doors.later')} doors={later} change={change} close={close} />
      <Group title={say('doors.mine')} doors={mine} change={change} close={close} />
    </>
  );
}

function Group({
  title,
  doors,
  ofOneDay = false,
  change,
  close,
}: {
  readonly title: string;
  readonly doors: readonly OpenDoor[];
  readonly ofOneDay?: boolean;
  readonly change: Act;
  readonly close: Act;
}) {
  if (doors.length === 0) return null;
  return (
    <section className="section">
      <h2>{title}</h2>
      <ul className="doors">
        {doors.map((door) => (
          <li key={door.id} className="card column">
            <Lesson door={door} withDay={!ofOneDay} />
            {door.mine ? (
              <Own door={door} change={() => change(door)} close={() => close(door)} />
            ) : (
              <Colleagues door={door} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Lesson({ door, withDay }: { readonly door: OpenDoor; readonly withDay: boolean }) {
  const when = useWhen();
  const begins = withDay ? when.dateTime(door.lessonMs) : when.time(door.lessonMs);
  const left = Math.max(0, door.places - door.taken);
  return (
    <>
      <h3>
        {[door.mine ? '' : door.teacher.name, door.classCode].filter(Boolean).join(' · ') || begins}
      </h3>
      <p className="second muted">
        {[
          begins,
          door.period !== null && say('doors.period', { n: door.period }),
          say('doors.minutes', { n: door.minutes }),
          door.room && say('common.room', { room: door.room }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {door.lookFor !== '' && (
        <p className="measure">
          <span className="muted">{say('doors.lookFor')}</span> {door.lookFor}
        </p>
      )}
      <p className="second">{say('doors.places', { left, of: door.places })}</p>
    </>
  );
}

function Colleagues({ door }: { readonly door: OpenDoor }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  if (!door.coming) {
    const isFull = door.taken >= door.places;
    if (door.isOver || isFull) {
      return (
        <div>
          <span className="chip">{say(door.isOver ? 'doors.over' : 'doors.full')}</span>
        </div>
      );
    }
    const date = when.dateTime(door.lessonMs);
    return (
      <div className="bar-actions">
        <button
          type="button"
          className="primary"
          aria-label={say('doors.comeTo', { teacher: door.teacher.name, date })}
          onClick={() => void run(() => app.comeToDoor(door.id))}
        >
          {say('doors.come')}
        </button>
      </div>
    );
  }
  return (
    <div className="bar-actions">
      <span className="chip primary">
        <Icon name="tick" />
        {say('doors.coming')}
      </span>
      {door.visitId !== null && (
        <Link href={`/visits/${door.visitId}`} className="button">
          {say('doors.write')}
        </Link>
      )}
      {!door.isOver && (
        <button
          type="button"
          className="quiet"
          onClick={() => void run(() => app.stayAway(door.id))}
        >
          {say('doors.stayAway')}
        </button>
      )}
    </div>
  );
}

function Own({
  door,
  change,
  close,
}: {
  readonly door: OpenDoor;
  readonly change: () => void;
  readonly close: () => void;
}) {
  const names = list(door.visitors.map(({ name }) => name));
  const n = door.visitors.length;
  return (
    <>
      <p className="second">
        {n === 0 ? say('doors.nobodyYet') : say('doors.whoComes', { n, names })}
      </p>
      <div className="bar-actions">
        {!door.isOver && (
          <button type="button" onClick={change}>
            {say('doors.change')}
          </button>
        )}
        <button type="button" className="quiet" onClick={close}>
          {say('doors.close')}
        </button>
      </div>
    </>
  );
}

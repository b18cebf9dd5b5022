// What a teacher says of a lesson to which colleagues may come.

import { useState } from 'react';
import type { OpenDoor } from '../../app/contract';
import { say } from '../../words/say';
import { atZone, dayField, time } from '../../words/when';
import { WordsField } from '../forms/fields';
import { FormDialog } from '../forms/form-dialog';
import { useApp, useWhen } from '../frame/reading';

const dayMs = 86_400_000;
const places = [1, 2, 3, 4, 5, 6, 7, 8];
const periods = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

// `door` null: a new one.
export function DoorForm({
  door,
  lastDayMs,
  close,
}: {
  readonly door: OpenDoor | null;
  readonly lastDayMs: number;
  readonly close: () => void;
}) {
  const app = useApp();
  const when = useWhen();
  const begins = door?.lessonMs ?? when.now + dayMs;
  const [day, setDay] = useState(dayField(begins, when.zone));
  const [clock, setClock] = useState(door === null ? '10:00' : time(begins, when.zone));
  const [minutes, setMinutes] = useState(door?.minutes ?? 50);
  const [classCode, setClassCode] = useState(door?.classCode ?? '');
  const [room, setRoom] = useState(door?.room ?? '');
  const [period, setPeriod] = useState(door?.period ?? 0);
  const [lookFor, setLookFor] = useState(door?.lookFor ?? '');
  const [most, setMost] = useState(door?.places ?? 2);
  const lessonMs = atZone(day, clock, when.zone);
  const save = () =>
    app.openDoor({
      id: door?.id ?? null,
      lessonMs,
      minutes,
      classCode: classCode.trim(),
      room: room.trim(),
      period: period === 0 ? null : period,
      lookFor: lookFor.trim(),
      places: most,
    });
  return (
    <FormDialog
      title={say(door === null ? 'doors.form' : 'doors.formChange')}
      ready={!Number.isNaN(lessonMs) && minutes >= 1 && minutes <= 600}
      save={save}
      saveWords={say(door === null ? 'doors.open' : 'form.save')}
      onClose={close}
    >
      <div className="door-fields">
        <label className="field">
          <span>{say('doors.date')}</span>
          <input
            type="date"
            value={day}
            min={dayField(when.now, when.zone)}
            max={new Date(lastDayMs).toISOString().slice(0, 10)}
            onChange={(event) => setDay(event.target.value)}
          />
        </label>
        <label className="field">
          <span>{say('doors.time')}</span>
          <input type="time" value={clock} onChange={(event) => setClock(event.target.value)} />
        </label>
        <label className="field">
          <span>{say('doors.minutesField')}</span>
          <input
            type="number"
            min={1}
            max={600}
            value={minutes}
            onChange={(event) => setMinutes(Number(event.target.value))}
          />
        </label>
        <label className="field">
          <span>{say('doors.periodField')}</span>
          <select value={period} onChange={(event) => setPeriod(Number(event.target.value))}>
            <option value={0}>{say('doors.periodNone')}</option>
            {periods.map((n) => (
              <option key={n} value={n}>
                {n}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{say('doors.class')}</span>
          <input
            type="text"
            maxLength={32}
            value={classCode}
            onChange={(event) => setClassCode(event.target.value)}
          />
        </label>
        <label className="field">
          <span>{say('doors.room')}</span>
          <input
            type="text"
            maxLength={32}
            value={room}
            onChange={(event) => setRoom(event.target.value)}
          />
        </label>
      </div>
      <WordsField
        label={say('doors.lookForField')}
        value={lookFor}
        onChange={setLookFor}
        most={500}
      />
      <label className="field">
        <span>{say('doors.placesField')}</span>
        <select value={most} onChange={(event) => setMost(Number(event.target.value))}>
          {places.map((n) => (
            <option key={n} value={n}>
              {n}
            </option>
          ))}
        </select>
      </label>
    </FormDialog>
  );
}

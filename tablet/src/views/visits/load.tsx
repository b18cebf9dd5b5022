// "2 of 3 agreed visits, 1 h 35 of 3 h": what the server said last of a teacher's load, and why it is
// not known where it is not.

import type {
  AgreedLoad,
  FigureAnswer,
  Loaded,
  TeacherChoice,
  TeacherLoad,
} from '../../app/contract';
import { say } from '../../words/say';
import { useWhen } from '../frame/reading';

// "1 h 35".
export function hoursWords(minutes: number): string {
  return say('newVisit.hours', {
    h: Math.floor(minutes / 60),
    m: String(minutes % 60).padStart(2, '0'),
  });
}

export const loadIn = (answer: Loaded<FigureAnswer<TeacherLoad>>): AgreedLoad | null =>
  answer.kind === 'ready' ? answer.value.value.load : null;

export function LoadLine({
  teacher,
  answer,
}: {
  readonly teacher: TeacherChoice;
  readonly answer: Loaded<FigureAnswer<TeacherLoad>>;
}) {
  const when = useWhen();
  const load = loadIn(answer);
  if (load === null) {
    const why = {
      loading: 'newVisit.loadComes',
      nothing: 'newVisit.loadNotMine',
      failed: 'newVisit.loadOffline',
      ready: 'newVisit.loadNotAgreed',
    } as const;
    return <p className="second muted">{say(why[answer.kind], { teacher: teacher.name })}</p>;
  }
  return (
    <div className="column tight">
      <LoadBoxes visits={load.visits} of={load.ofVisits} />
      <p className="second">
        {say('newVisit.load', {
          teacher: teacher.name,
          n: load.visits,
          of: load.ofVisits,
          hours: hoursWords(load.minutes),
          ofHours: hoursWords(load.ofMinutes),
        })}
      </p>
      {answer.kind === 'ready' && answer.value.freshness !== 'current' && (
        <p className="small muted">
          {say('water.lastKnew', { time: when.dateTime(answer.value.atMs) })}
        </p>
      )}
    </div>
  );
}

// Why a reason is asked for: one visit more than agreed, or more time.
export function overWords(load: AgreedLoad, teacher: string): string {
  return load.visits >= load.ofVisits
    ? say('newVisit.over', { n: load.visits + 1, teacher })
    : say('newVisit.overTime', { hours: hoursWords(load.ofMinutes), teacher });
}

// More boxes than these are not counted at a glance, and fewer than there are would say something else.
const mostBoxes = 12;

export function LoadBoxes({ visits, of }: { readonly visits: number; readonly of: number }) {
  if (of > mostBoxes) return null;
  const boxes = Array.from({ length: of }, (_, index) => index);
  return (
    <span className="load-boxes" aria-hidden="true">
      {boxes.map((box) => (
        <i key={box} className={box < visits ? 'full' : ''} />
      ))}
    </span>
  );
}

// Where a cycle stands, in words: the week, a pause, the next look at progress.

import type { CycleState } from '../../app/contract';
import { say, sentence } from '../../words/say';

export function cycleWords(cycle: CycleState, day: (ms: number) => string): string[] {
  const { title, week, weeks, nextWeek, nextCheckpointMs } = cycle;
  const words: string[] = [];
  if (week > 0) words.push(`${title}: ${say('cycle.week', { k: week, n: weeks })}`);
  else if (nextWeek?.number === 1) {
    words.push(say('cycle.notBegun', { title, date: day(cycle.fromMs) }));
  } else if (nextWeek !== null) {
    words.push(
      `${title}: ${say('cycle.paused', { k: nextWeek.number, date: day(nextWeek.fromMs) })}`,
    );
  } else words.push(say('cycle.over', { title, date: day(cycle.toMs) }));
  if (nextCheckpointMs !== null) {
    words.push(say('cycle.checkpoint', { date: day(nextCheckpointMs) }));
  }
  return words.map(sentence);
}

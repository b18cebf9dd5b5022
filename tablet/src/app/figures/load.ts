// How often somebody is visited this school year, of what the staff agreed, as the server counts it: a
// tablet holds a part of the visits only.
import type { LoadReply } from '#proto/load_pb';
import { hex } from '../../model/bytes';
import type { AgreedLoad } from '../contract';

// Null: the school has agreed nothing, or the answer is not about them.
export function loadIn(reply: LoadReply | null, teacher: string): AgreedLoad | null {
  const load = reply?.people.find(({ person }) => hex(person) === teacher);
  if (load === undefined || load.agreedVisits === 0) return null;
  return {
    visits: load.visits,
    ofVisits: load.agreedVisits,
    minutes: load.minutes,
    ofMinutes: load.agreedMinutes,
    full: load.nextNeedsReason,
  };
}

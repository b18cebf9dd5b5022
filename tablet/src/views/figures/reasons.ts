// A reason why a figure changed, as a line of "Why did this change?".

import type { Reason } from '../../app/contract';
import { say } from '../../words/say';
import type { useDays } from './half-term';

export function reasonWords(reason: Reason, { date }: ReturnType<typeof useDays>): string {
  const at = date(reason.atMs);
  if (reason.kind === 'rules') {
    return say('reason.rules', { rule: reason.rule, name: reason.name, at });
  }
  const { kind, teacher } = reason;
  return say(`reason.${kind}`, { teacher, lesson: date(reason.lessonMs), at });
}

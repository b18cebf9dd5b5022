// What an undo takes back, in words.

import type { UndoWords } from '../../app/contract';
import { say } from '../../words/say';

export function undoWords(undo: UndoWords): string {
  switch (undo.kind) {
    case 'link':
    case 'level':
      return say(`undo.${undo.kind}`, { element: undo.element });
    case 'tally':
      return say('undo.tally', { label: undo.label });
    default:
      return say(`undo.${undo.kind}`);
  }
}

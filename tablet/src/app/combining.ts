// Proof after each contact: what was here before a meeting, and what the receipt says of it afterwards.

import type { MeetingReport } from '../transport/meeting';
import type { Receipt } from './contract';
import type { Desk } from './desk';
import type { Lists } from './lists';
import { added, type Before, look, receiptOf } from './receipts';

export const receiptsOf = (desk: Desk): readonly Receipt[] =>
  desk.store.local<Receipt[]>('receipts') ?? [];

export const seenIn = (receipts: readonly Receipt[], id: string): Receipt[] =>
  receipts.map((receipt) => (receipt.id === id ? { ...receipt, seen: true } : receipt));

export class Combining {
  #before: { readonly desk: Desk; readonly look: Before } | null = null;

  // Looked at before the first meeting too: what another tablet wrote while this one was shut comes with it.
  async meets(desk: Desk, lists: Lists, isIn: () => boolean): Promise<void> {
    if (this.#before?.desk === desk) return;
    await lists.warm(desk.store.ownRecords(desk.me), isIn).catch(() => {});
    if (isIn()) this.#before = { desk, look: look(desk) };
  }

  async met(desk: Desk, report: MeetingReport): Promise<void> {
    if (report.records === 0 && report.sent === 0) return;
    if (this.#before?.desk === desk) {
      const id = String(desk.store.base.row.seq);
      const receipt = receiptOf(desk, this.#before.look, report, id, 'another tablet');
      if (receipt !== null) {
        await desk.store.setLocal({ receipts: added(receiptsOf(desk), receipt) });
      }
    }
    this.#before = { desk, look: look(desk) };
  }
}

// A store of thousands of visits is read through once before the lists show anything of it: first what
// Today needs, then the rest. A visit and everything else opens meanwhile.
import type { Desk } from './desk';
import type { Lists } from './lists';
import type { Tablet } from './tablet';

// So many records are read in a moment.
const warmedFrom = 200;
const restWarmsAfterMs = 300;

export class Warming {
  readonly #tablet: Tablet;
  readonly #todayMade: () => void;
  #now: { readonly lists: Lists; readonly todayIsReady: boolean } | null = null;

  constructor(tablet: Tablet, todayMade: () => void) {
    this.#tablet = tablet;
    this.#todayMade = todayMade;
  }

  begin(desk: Desk, lists: Lists): void {
    if (desk.store.base.records.size <= warmedFrom) return;
    this.#now = { lists, todayIsReady: false };
    // The frame of the first screen is drawn before anything is made for it.
    afterNextFrame(() => void this.#run(desk, lists));
  }

  goesOn(lists: Lists | undefined): boolean {
    return lists !== undefined && this.#now?.lists === lists;
  }

  isTodayReady(lists: Lists | undefined): boolean {
    return !this.goesOn(lists) || this.#now?.todayIsReady === true;
  }

  async #run(desk: Desk, lists: Lists): Promise<void> {
    const { store } = desk;
    const isIn = () => this.#tablet.desk === desk;
    await lists.warm(store.ownRecords(desk.me), isIn).catch(() => {});
    if (!this.goesOn(lists)) return;
    this.#now = { lists, todayIsReady: true };
    this.#tablet.changed();
    this.#todayMade();
    await new Promise((resolve) => setTimeout(resolve, restWarmsAfterMs));
    await lists.warm(store.allRecords(), isIn).catch(() => {});
    if (!this.goesOn(lists)) return;
    this.#now = null;
    this.#tablet.changed();
  }
}

// Once what is on its way to the screen was drawn; a page that is not seen draws nothing.
function afterNextFrame(then: () => void) {
  if (typeof requestAnimationFrame === 'undefined' || document.hidden) setTimeout(then);
  else requestAnimationFrame(() => setTimeout(then));
}

// Open doors: lessons to which colleagues may come, and my own. The server's list, kept for when there is
// no network; opening, closing and coming need it, because it alone knows whether there is room.

import type { Outcome } from '../contract';
import type { Person } from './tablet';

export interface OpenDoor {
  readonly id: string;
  readonly teacher: Person;
  readonly mine: boolean;
  readonly lessonMs: number;
  readonly minutes: number;
  // Empty: not said.
  readonly classCode: string;
  readonly room: string;
  readonly period: number | null;
  readonly lookFor: string;
  readonly places: number;
  readonly taken: number;
  // I have a place.
  readonly coming: boolean;
  // Who comes, by name; of my own doors alone.
  readonly visitors: readonly Person[];
  // My note about it, from the moment that I said I would come; null: none on this tablet.
  readonly visitId: string | null;
  readonly isOver: boolean;
}

export interface OpenDoors {
  // By lesson.
  readonly doors: readonly OpenDoor[];
  // Monday of this week and of the next, in the school's zone.
  readonly weekMs: readonly [number, number];
  // The last day to which a door can be opened, as a day: its first moment in UTC.
  readonly lastDayMs: number;
  // When the server was asked; what is shown is as of then.
  readonly asOfMs: number;
  // Why there is no newer list; null: there is.
  readonly trouble: 'offline' | 'other' | null;
}

export interface DoorChoice {
  // Null: a new door.
  readonly id: string | null;
  readonly lessonMs: number;
  // 1 to 600.
  readonly minutes: number;
  // At most 32 bytes each.
  readonly classCode: string;
  readonly room: string;
  readonly period: number | null;
  // At most 500 bytes.
  readonly lookFor: string;
  // 1 to 8.
  readonly places: number;
}

export interface DoorGestures {
  // Asks the server; the last list stands where it does not answer.
  readonly lookForDoors: () => Promise<void>;
  readonly openDoor: (choice: DoorChoice) => Promise<Outcome>;
  readonly closeDoor: (doorId: string) => Promise<Outcome>;
  // Takes a place, and plans an informal visit for it, whose note only the teacher reads.
  readonly comeToDoor: (doorId: string) => Promise<Outcome>;
  // Gives the place up, and the visit with it while nothing is written.
  readonly stayAway: (doorId: string) => Promise<Outcome>;
}

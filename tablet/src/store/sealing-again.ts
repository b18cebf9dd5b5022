// What a restored server could not take back as it was: its proof was not right, or another group stood
// under its name. It shows as before, is let go of by no rule, and once the tablet knows what the server
// holds it is sealed again, as new work of the same person: only what is still theirs to say, over no more
// than both have seen. The worst that comes of it is a question to its author.
//
// An intent is not asked again by itself: what it asked for may have been taken back since. Its page
// offers the action, as before.
import type { Cell, Change, Core, Dot } from '../../core/core';
import { type Bytes, equal, hex } from '../model/bytes';
import { pathKind } from '../model/schema';
import type { Base } from './base';
import { nothingHeld, type Outbox, type SealedGroup, type Staged } from './outbox';

const delta = 1;
const entryPathLong = 21;

export const waitsForSealing = ({ groups }: Outbox): SealedGroup[] =>
  [...groups.values()]
    .filter(({ row, kind }) => row.unproven && kind === delta)
    .sort((a, b) => a.place - b.place);

// After a complete pull. Says how many groups were sealed for it; the old ones leave in the same change.
export async function stageSealingAgain(
  core: Core,
  outbox: Outbox,
  base: Base,
  staged: Staged,
): Promise<number> {
  let sealed = 0;
  for (const group of waitsForSealing(outbox)) {
    const held = base.facet(group.facet)?.facet ?? nothingHeld;
    const still = stillSaid(core, outbox, group);
    const body = writtenOver(core, Uint8Array.from(held), outbox, group, still, staged);
    if (body !== null) {
      await outbox.stageAnew(staged, group, body);
      sealed += 1;
    }
    staged.groups.set(group.place, null);
    staged.row.keptBytes -= BigInt(group.row.group.length);
  }
  return sealed;
}

interface Said {
  readonly writes: readonly { readonly path: Bytes; readonly value: Bytes }[];
  readonly removals: readonly Bytes[];
}

// What of the group no later change of this person has replaced.
function stillSaid(core: Core, outbox: Outbox, group: SealedGroup): Said {
  const own = byPath(core.readCells(outbox.joinOwn(group.facet, 0n, nothingHeld)));
  const name = outbox.countedAs(group);
  const writes = new Map<string, { path: Bytes; value: Bytes }>();
  const removals: Bytes[] = [];
  for (const { path, siblings, phase } of core.readCells(group.body)) {
    const now = own.get(hex(path))?.siblings ?? [];
    if (siblings.length === 0) {
      if (phase === null && now.length === 0) removals.push(path);
      continue;
    }
    const ours = now.find(({ dot }) => isSame(dot, name));
    const entry = entryOf(path);
    const isThere = entry === null || (own.get(hex(entry))?.siblings.length ?? 0) > 0;
    if (ours === undefined || !isThere) continue;
    writes.set(hex(path), { path, value: ours.value });
    // A part of an entry is written with the entry.
    if (entry !== null && !writes.has(hex(entry))) {
      writes.set(hex(entry), { path: entry, value: new Uint8Array(0) });
    }
  }
  return { writes: [...writes.values()], removals };
}

// Null: the server's copy says all of it.
function writtenOver(
  core: Core,
  held: Bytes,
  outbox: Outbox,
  group: SealedGroup,
  { writes, removals }: Said,
  staged: Staged,
): Bytes | null {
  const before = byPath(core.readCells(held));
  const author = outbox.row.person;
  const after = byPath(core.readCells(core.join(held, outbox.own(group))));
  const name = outbox.countedAs(group);
  const replaced: Change[] = [];
  const beside: Change[] = [];
  for (const { path, value } of writes) {
    const there = before.get(hex(path))?.siblings ?? [];
    if (there.some((one) => equal(one.value, value) && equal(one.author, author))) continue;
    const left = after.get(hex(path))?.siblings ?? [];
    // Everything there was known when this was written, and none of it is a twin's under the same name.
    const isOver =
      left.length === 1 &&
      left.every((one) => equal(one.value, value)) &&
      !there.some(({ dot }) => isSame(dot, name));
    (isOver ? replaced : beside).push({ path, value });
  }
  for (const path of removals) {
    const wasThere = (before.get(hex(path))?.siblings.length ?? 0) > 0;
    const isGone = (after.get(hex(path))?.siblings.length ?? 0) === 0;
    if (wasThere && isGone) replaced.push({ path, value: null });
  }
  if (replaced.length + beside.length === 0) return null;
  const dot = { replica: staged.row.replica, n: staged.row.sealedN + 1n };
  const over = core.write(held, dot, replaced);
  return core.squash(over, core.write(nothingHeld, dot, beside), dot);
}

const isSame = (a: Dot, b: Dot) => a.replica === b.replica && a.n === b.n;

const byPath = (cells: readonly Cell[]) => new Map(cells.map((cell) => [hex(cell.path), cell]));

// The entry that a cell is a part of; null: it is none, or the entry itself.
function entryOf(path: Bytes): Bytes | null {
  if (path.length !== entryPathLong || path[20] === pathKind.elem) return null;
  const entry = path.slice();
  entry.set([0, 0, pathKind.elem], 18);
  return entry;
}

// The management matrix: the server's answer, and of each cell what this tablet holds and has written.
// A gap that was filled here is none any more.
import { create } from '@bufbuild/protobuf';
import { Role } from '#proto/directory_pb';
import {
  type ManagementEntry as EntryReply,
  ManagementEntrySchema,
  ManagementGapReason,
  type ManagementReply,
  ManagementStatus,
} from '#proto/management_pb';
import { Strand } from '#proto/observation_pb';
import { hex, unhex } from '../../model/bytes';
import type { Management, ManagementEntry } from '../contract';
import type { Desk } from '../desk';
import { completenessOf } from '../figures/coverage';
import { evidenceOf, evidenceRecords } from './evidence';
import { differsIn, heldCells } from './held';

const dayMs = 86_400_000;

const strands: Readonly<Partial<Record<Strand, ManagementEntry['strand']>>> = {
  [Strand.TEACHING]: 'teaching',
  [Strand.LEARNING]: 'learning',
  [Strand.BEHAVIOUR]: 'behaviour',
};
const statuses: Readonly<Partial<Record<ManagementStatus, ManagementEntry['status']>>> = {
  [ManagementStatus.PLANNED]: 'planned',
  [ManagementStatus.UNDER_WAY]: 'underWay',
  [ManagementStatus.IN_PLACE]: 'inPlace',
  [ManagementStatus.NEEDS_HELP]: 'needsHelp',
};
const gapReasons: Readonly<
  Partial<Record<ManagementGapReason, Management['gaps'][number]['why']>>
> = {
  [ManagementGapReason.NO_OWNER]: 'noOwner',
  [ManagementGapReason.OWNER_GONE]: 'ownerGone',
  [ManagementGapReason.NO_OBJECTIVE]: 'noObjective',
  [ManagementGapReason.NO_EVIDENCE]: 'noEvidence',
};
const strandOf = (strand: Strand | undefined) =>
  (strand === undefined ? undefined : strands[strand]) ?? 'whole';

export function managementOf(desk: Desk, org: string, reply: ManagementReply): Management {
  const held = new Map(heldCells(desk).map((cell) => [cell.id, cell]));
  const known = new Set(reply.cells.map(({ record }) => hex(record)));
  // Begun here, and the server has not heard of them; of this organisation or one below it.
  const begun = [...held.values()].filter(({ id, message, kept }) => {
    const scope = message.scope === undefined ? '' : hex(message.scope);
    return (
      kept !== 'stored' && !known.has(id) && (scope === org || desk.directory.siteOf(scope) === org)
    );
  });
  const entries: EntryReply[] = [
    ...reply.cells,
    ...begun.map(({ id }) => create(ManagementEntrySchema, { record: unhex(id) })),
  ];
  const mayLink = evidenceRecords(desk, org);
  const cells = entries.map(({ record, cell: said, ownerUntilDay, ownerName }): ManagementEntry => {
    const id = hex(record);
    const own = held.get(id);
    const cell = own?.message ?? said;
    const ownerId = cell?.owner === undefined ? '' : hex(cell.owner);
    const isSame = ownerId === (said?.owner === undefined ? '' : hex(said.owner));
    return {
      key: id,
      role: Role[cell?.role ?? 0] ?? '',
      fn: cell?.function ?? '',
      strand: strandOf(cell?.strand),
      owner: isSame ? ownerName : desk.directory.nameOf(ownerId),
      ownerId,
      objective: cell?.objective ?? '',
      status: statuses[cell?.status ?? ManagementStatus.UNSPECIFIED] ?? 'none',
      evidence: cell?.evidence.length ?? 0,
      evidenceList: evidenceOf(cell?.evidence ?? [], mayLink),
      handOver: cell?.handOver ?? '',
      untilMs: isSame && ownerUntilDay !== 0 ? ownerUntilDay * dayMs : null,
      held: own !== undefined,
      kept: own?.kept ?? 'stored',
      differs: own === undefined ? [] : differsIn(desk, own.disputed, null),
    };
  });
  const roles = [...new Set([...reply.roles, ...begun.map(({ message }) => message.role ?? 0)])];
  const functions = [
    ...new Set([...reply.functions, ...begun.map(({ message }) => message.function ?? '')]),
  ];
  return {
    name: reply.name,
    mayLink,
    scope: org,
    roles: roles.sort((a, b) => a - b).map((role) => Role[role] ?? ''),
    functions: functions.sort((a, b) => a.localeCompare(b, 'en-GB')),
    cells,
    gaps: reply.gaps.flatMap(({ role, function: fn, strand, record, reason }, i) => {
      const gap = {
        key: `${hex(record)}${i}`,
        cell: hex(record),
        role: Role[role] ?? '',
        fn,
        strand: strandOf(strand),
        why: gapReasons[reason] ?? 'noCell',
      } as const;
      return isFilled(gap, cells) ? [] : [gap];
    }),
    complete: completenessOf(reply.watermark),
  };
}

// By what was written here since the answer came.
function isFilled(gap: Management['gaps'][number], cells: readonly ManagementEntry[]): boolean {
  if (gap.why === 'noCell') return cells.some(({ role, fn }) => role === gap.role && fn === gap.fn);
  const cell = cells.find(({ key, kept }) => kept === 'onTablet' && key === gap.cell);
  if (cell === undefined) return false;
  switch (gap.why) {
    case 'noOwner':
      return cell.ownerId !== '';
    case 'noObjective':
      return cell.objective !== '';
    case 'noEvidence':
      return cell.evidence > 0;
    default:
      // Whether the new owner holds the role is the server's to know.
      return false;
  }
}

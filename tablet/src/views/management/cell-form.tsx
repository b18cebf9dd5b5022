// A cell of the management matrix, as it is written: who holds it, what is to be reached, how it stands.

import { useState } from 'react';
import type { CellPlace, EvidenceRecord, ManagementEntry } from '../../app/contract';
import { say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { DiffersNotice } from '../forms/differs';
import { ColleagueField, WordsField } from '../forms/fields';
import { FormDialog } from '../forms/form-dialog';
import { useApp } from '../frame/reading';
import { EvidenceList } from './evidence';

const roles = ['HEAD', 'SLT', 'HOD', 'AST', 'MENTOR', 'COACH', 'TEACHER', 'GOVERNOR'] as const;
const strands = ['whole', 'teaching', 'learning', 'behaviour'] as const;
const statuses = ['none', 'planned', 'underWay', 'inPlace', 'needsHelp'] as const;

export function CellForm({
  cell,
  place,
  functions,
  mayLink,
  onClose,
}: {
  // Null: a cell is begun at the place.
  readonly cell: ManagementEntry | null;
  readonly place: CellPlace;
  readonly functions: readonly string[];
  readonly mayLink: readonly EvidenceRecord[];
  readonly onClose: () => void;
}) {
  const app = useApp();
  const { date } = useDays();
  const [role, setRole] = useState(place.role);
  const [fn, setFn] = useState(place.fn);
  const [strand, setStrand] = useState(place.strand);
  const [owner, setOwner] = useState(cell?.ownerId ?? '');
  const [objective, setObjective] = useState(cell?.objective ?? '');
  const [status, setStatus] = useState<ManagementEntry['status']>(cell?.status ?? 'none');
  const [evidence, setEvidence] = useState('');
  const [evidenceRecord, setEvidenceRecord] = useState('');
  const [handOver, setHandOver] = useState(cell?.handOver ?? '');
  const isNamed = place.role !== '' && place.fn !== '';

  // What was not touched is not written: a colleague's word of meanwhile stays beside it.
  const changed = {
    ...(owner === (cell?.ownerId ?? '') ? {} : { owner }),
    ...(objective.trim() === (cell?.objective ?? '') ? {} : { objective: objective.trim() }),
    ...(status === (cell?.status ?? 'none') ? {} : { status }),
    ...(evidence.trim() === '' ? {} : { evidence: evidence.trim() }),
    ...(evidenceRecord === '' ? {} : { evidenceRecord }),
    ...(handOver.trim() === (cell?.handOver ?? '') ? {} : { handOver: handOver.trim() }),
  };
  const settled =
    cell !== null && cell.differs.length > 0
      ? { ...changed, ...settle(cell, { owner, objective: objective.trim(), status }) }
      : changed;
  return (
    <FormDialog
      title={
        isNamed
          ? say('management.cellTitle', {
              role: say('management.roleName', { role: place.role }),
              fn: place.fn,
            })
          : say('management.begin')
      }
      ready={role !== '' && fn.trim() !== '' && (cell === null || Object.keys(settled).length > 0)}
      save={() =>
        cell === null
          ? app.beginCell({ scope: place.scope, role, fn: fn.trim(), strand }, settled)
          : app.changeCell(cell.key, settled)
      }
      onClose={onClose}
    >
      <DiffersNotice differs={cell?.differs ?? []} />
      {!isNamed && (
        <>
          <label className="field">
            <span>{say('management.role')}</span>
            <select value={role} onChange={(event) => setRole(event.target.value)}>
              <option value="">{say('help.choose')}</option>
              {roles.map((one) => (
                <option key={one} value={one}>
                  {say('management.roleName', { role: one })}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            <span>{say('management.function')}</span>
            <input
              list="functions"
              maxLength={64}
              value={fn}
              onChange={(event) => setFn(event.target.value)}
            />
          </label>
          <datalist id="functions">
            {functions.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </>
      )}
      {cell === null && (
        <label className="field">
          <span>{say('management.strand')}</span>
          <select
            value={strand}
            onChange={(event) => setStrand(event.target.value as CellPlace['strand'])}
          >
            {strands.map((one) => (
              <option key={one} value={one}>
                {say('management.strandName', { strand: one })}
              </option>
            ))}
          </select>
        </label>
      )}
      <ColleagueField value={owner} onChange={setOwner} />
      <WordsField
        label={say('management.objective')}
        value={objective}
        onChange={setObjective}
        most={1000}
        rows={2}
      />
      <label className="field">
        <span>{say('management.statusLabel')}</span>
        <select
          value={status}
          onChange={(event) => setStatus(event.target.value as ManagementEntry['status'])}
        >
          {statuses.map((one) => (
            <option key={one} value={one}>
              {say('management.status', { status: one })}
            </option>
          ))}
        </select>
      </label>
      {cell !== null && cell.evidenceList.length > 0 && (
        <div className="field">
          <span>{say('management.evidenceList')}</span>
          <EvidenceList evidence={cell.evidenceList} />
        </div>
      )}
      <WordsField
        label={say('management.addEvidence')}
        value={evidence}
        onChange={setEvidence}
        most={500}
        rows={2}
      />
      {mayLink.length > 0 && (
        <label className="field">
          <span>{say('management.linkEvidence')}</span>
          <select
            value={evidenceRecord}
            onChange={(event) => setEvidenceRecord(event.target.value)}
          >
            <option value="">{say('management.linkNothing')}</option>
            {mayLink.map((one) => (
              <option key={one.record} value={one.record}>
                {say('management.evidenceRecord', { ...one, date: date(one.dateMs) })}
              </option>
            ))}
          </select>
        </label>
      )}
      {cell !== null && (
        <WordsField
          label={say('management.handOver')}
          value={handOver}
          onChange={setHandOver}
          most={2000}
          rows={2}
        />
      )}
    </FormDialog>
  );
}

// Where colleagues wrote two things, what is saved is written even if it is one of them.
function settle(
  cell: ManagementEntry,
  now: {
    readonly owner: string;
    readonly objective: string;
    readonly status: ManagementEntry['status'];
  },
) {
  const differs = new Set(cell.differs.map(({ field }) => field));
  return {
    ...(differs.has('owner') ? { owner: now.owner } : {}),
    ...(differs.has('objective') ? { objective: now.objective } : {}),
    ...(differs.has('status') ? { status: now.status } : {}),
  };
}

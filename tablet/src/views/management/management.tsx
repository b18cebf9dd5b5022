// Who holds what: roles by functions, by strand; and what nobody holds.

import { useState } from 'react';
import type { CellPlace, Management, ManagementEntry } from '../../app/contract';
import { say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { areaName, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Watermark } from '../figures/watermark';
import { DiffersChip, KeptChip } from '../forms/differs';
import { Icon, type IconName } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useStore } from '../frame/reading';
import { CellForm } from './cell-form';
import { EvidenceList } from './evidence';
import '../trends/trends.css';

const strands = ['all', 'whole', 'teaching', 'learning', 'behaviour'] as const;

const icons: Readonly<Record<ManagementEntry['status'], IconName>> = {
  none: 'minus',
  planned: 'calendar',
  underWay: 'clock',
  inPlace: 'tick',
  needsHelp: 'help',
};

export function ManagementScreen({ areas, area, org }: SectionProps) {
  const app = useApp();
  const management = useStore(app.figures.management(org));
  const [strand, setStrand] = useState<(typeof strands)[number]>('all');
  const [editing, setEditing] = useState<Editing | null>(null);
  return (
    <Page
      title={area === null ? say('figures.management') : areaName(area)}
      actions={<Sections areas={areas} area={area} section="management" />}
    >
      <ShownAnswer loaded={management}>
        {(answer) => (
          <>
            <label className="row rule">
              <span className="second strong">{say('management.strand')}</span>
              <select
                value={strand}
                onChange={(event) => setStrand(event.target.value as (typeof strands)[number])}
              >
                {strands.map((one) => (
                  <option key={one} value={one}>
                    {say('management.strandName', { strand: one })}
                  </option>
                ))}
              </select>
            </label>
            <Grid management={answer.value} strand={strand} edit={setEditing} />
            <div className="bar-actions rule">
              <button
                type="button"
                onClick={() =>
                  setEditing({ cell: null, place: emptyPlace(answer.value.scope, strand) })
                }
              >
                <Icon name="plus" />
                {say('management.begin')}
              </button>
            </div>
            <Gaps management={answer.value} strand={strand} edit={setEditing} />
            {editing !== null && (
              <CellForm
                cell={editing.cell}
                place={editing.place}
                functions={answer.value.functions}
                mayLink={answer.value.mayLink}
                onClose={() => setEditing(null)}
              />
            )}
            <Watermark answer={answer} complete={answer.value.complete} changes={null} />
          </>
        )}
      </ShownAnswer>
    </Page>
  );
}

// A cell, or the place at which one is begun.
interface Editing {
  readonly cell: ManagementEntry | null;
  readonly place: CellPlace;
}

const emptyPlace = (scope: string, strand: (typeof strands)[number]): CellPlace => ({
  scope,
  role: '',
  fn: '',
  strand: strand === 'all' ? 'whole' : strand,
});

interface Filtered {
  readonly management: Management;
  readonly strand: (typeof strands)[number];
  readonly edit: (editing: Editing) => void;
}

function Grid({ management, strand, edit }: Filtered) {
  if (management.roles.length === 0) {
    return (
      <Empty>
        <p>{say('management.empty')}</p>
      </Empty>
    );
  }
  const cells = management.cells.filter((cell) => strand === 'all' || cell.strand === strand);
  return (
    <div className="scroll-x">
      <table className="trend-table of-cells">
        <thead>
          <tr>
            <th scope="col">{say('management.role')}</th>
            {management.functions.map((fn) => (
              <th key={fn} scope="col">
                {fn}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {management.roles.map((role) => (
            <tr key={role}>
              <th scope="row">{say('management.roleName', { role })}</th>
              {management.functions.map((fn) => (
                <td key={fn}>
                  <Cells
                    cells={cells.filter((cell) => cell.role === role && cell.fn === fn)}
                    edit={(cell) => edit({ cell, place: { ...cell, scope: management.scope } })}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cells({
  cells,
  edit,
}: {
  readonly cells: readonly ManagementEntry[];
  readonly edit: (cell: ManagementEntry) => void;
}) {
  const { day } = useDays();
  if (cells.length === 0) return <span className="muted">{say('management.nobody')}</span>;
  return cells.map((cell) => (
    <div key={cell.key} className="column tight">
      <span className="strong">{cell.owner || say('management.nobody')}</span>
      <span>{cell.objective}</span>
      <span className={`chip ${cell.status === 'inPlace' ? 'ok' : ''}`}>
        <Icon name={icons[cell.status]} />
        {say('management.status', { status: cell.status })}
      </span>
      <span className="small muted">
        {[
          cell.strand !== 'whole' && say('management.strandName', { strand: cell.strand }),
          say('management.evidence', { n: cell.evidence }),
          cell.untilMs !== null && say('management.ends', { date: day(cell.untilMs) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
      {cell.evidenceList.length > 0 && (
        <details className="fold small">
          <summary>{say('management.evidenceList')}</summary>
          <EvidenceList evidence={cell.evidenceList} />
        </details>
      )}
      {cell.handOver !== '' && <span className="small">{cell.handOver}</span>}
      <span className="row wrap">
        <DiffersChip differs={cell.differs} />
        <KeptChip kept={cell.kept} />
        {cell.held && (
          <button
            type="button"
            className="small quiet"
            aria-label={say('management.changeNamed', {
              role: say('management.roleName', { role: cell.role }),
              fn: cell.fn,
            })}
            onClick={() => edit(cell)}
          >
            {say('form.change')}
          </button>
        )}
      </span>
    </div>
  ));
}

function Gaps({ management, strand, edit }: Filtered) {
  const gaps = management.gaps.filter((gap) => strand === 'all' || gap.strand === strand);
  return (
    <section className="section card">
      <h2>{say('management.gaps')}</h2>
      {gaps.length === 0 ? (
        <p className="muted">{say('management.noGaps')}</p>
      ) : (
        <ul className="list">
          {gaps.map((gap) => (
            <li key={gap.key} className="row who-row wrap">
              <span className="fill">
                <span className="strong">
                  {say('management.roleName', { role: gap.role })}, {gap.fn}
                </span>
                : {say('management.gap', { why: gap.why })}
              </span>
              <Fill management={management} gap={gap} edit={edit} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Fill({
  management,
  gap,
  edit,
}: {
  readonly management: Management;
  readonly gap: Management['gaps'][number];
  readonly edit: (editing: Editing) => void;
}) {
  const cell = management.cells.find(({ key }) => gap.cell !== '' && key === gap.cell) ?? null;
  // A cell that this tablet does not hold cannot be written in here.
  if (gap.cell !== '' && cell?.held !== true) return null;
  return (
    <button
      type="button"
      className="small"
      aria-label={say('management.fillNamed', {
        role: say('management.roleName', { role: gap.role }),
        fn: gap.fn,
      })}
      onClick={() => edit({ cell, place: { ...gap, scope: management.scope } })}
    >
      {say('management.fill')}
    </button>
  );
}

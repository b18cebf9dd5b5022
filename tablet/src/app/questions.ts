// What waits for its author: cells of this person's own pages that hold two values.
//
// Nobody else is asked, and a question that is put aside leaves both values where they are.
import type { DescMessage } from '@bufbuild/protobuf';
import {
  ConsensusSchema,
  FeedbackSchema,
  ResponseSchema,
  SheetSchema,
  StepsSchema,
} from '#proto/observation_pb';
import type { Sibling } from '../../core/core';
import { hex, keyNumber, unhex } from '../model/bytes';
import { pathKind } from '../model/schema';
import { decodeSigned, decodeText, decodeUnsigned } from '../model/value';
import type { Disputed } from '../model/view';
import { facetClass, stampMs, type VisitRecord } from '../model/visit';
import type { Question, QuestionField, QuestionValue } from './contract';
import type { Desk } from './desk';
import { mergedText } from './merged-text';
import { elementsOf } from './visit-page';

export interface Asked {
  // The facet's letters, ":" and the path's.
  readonly id: string;
  readonly facet: string;
  readonly disputed: Disputed;
  readonly field: QuestionField;
  // An element's number, where it is about one.
  readonly element: number | null;
  readonly levels: readonly number[];
}

function pagesOf(desk: Desk, visit: VisitRecord): readonly (readonly [DescMessage, string])[] {
  const pages: (readonly [DescMessage, string])[] = [];
  if (visit.observers.includes(desk.me)) {
    pages.push([SheetSchema, visit.facet(facetClass.sheet, unhex(desk.me))]);
  }
  if (visit.lead === desk.me) {
    // Two colleagues chose two levels for all: one person has to ask the others.
    pages.push([ConsensusSchema, visit.facet(facetClass.consensus)]);
    pages.push([FeedbackSchema, visit.facet(facetClass.feedback)]);
    pages.push([StepsSchema, visit.facet(facetClass.steps)]);
  }
  if (visit.teacher === desk.me) {
    pages.push([ResponseSchema, visit.facet(facetClass.response, unhex(desk.me))]);
  }
  return pages;
}

export function questionsOf(desk: Desk, visit: VisitRecord): Asked[] {
  const asked: Asked[] = [];
  const aside = desk.store.local<Record<string, string>>('aside') ?? {};
  for (const [message, facet] of pagesOf(desk, visit)) {
    for (const disputed of visit.disputed(message, facet)) {
      const isText = disputed.field.kind === pathKind.para;
      if (!disputed.field.ask && !isText) continue;
      if (disputed.list?.field.localName === 'agreedBy') continue;
      // Only who wrote one of the values is asked, or the lead of what belongs to all.
      const isAll = message === ConsensusSchema;
      if (!isAll && !disputed.values.some((value) => hex(value.author) === desk.me)) continue;
      const id = `${facet}:${hex(disputed.path)}`;
      if (aside[id] === valuesKey(disputed)) continue;
      const isLevel = disputed.list?.field.localName === 'ratings';
      const levels = isLevel
        ? disputed.values.map((value) => Number(decodeUnsigned(value.value)))
        : [];
      asked.push({
        id,
        facet,
        disputed,
        field: isAll && isLevel ? 'agreedLevel' : fieldOf(disputed, levels),
        element: elementOf(disputed),
        levels,
      });
    }
  }
  return asked;
}

// Stands for these very values: a question that was put aside is asked again when another one comes.
export const valuesKey = (disputed: Disputed): string =>
  disputed.values
    .map(({ dot }) => `${dot.replica}.${dot.n}`)
    .sort()
    .join();

function elementOf({ list, key, field, values }: Disputed): number | null {
  if (list?.field.localName === 'ratings' && key !== null) return keyNumber(key);
  if (field.field.localName === 'priorityElement')
    return Number(decodeUnsigned(values[0]?.value ?? new Uint8Array(0)));
  return null;
}

function fieldOf({ list, field, values }: Disputed, levels: readonly number[]): QuestionField {
  if (list?.field.localName === 'ratings') {
    if (levels.length > 2) return 'levelMany';
    return levels.includes(0) ? 'levelNotSeen' : 'level';
  }
  if (field.field.localName === 'dueDay') return 'date';
  if (field.kind === pathKind.para) {
    const authors = new Set(values.map((value) => hex(value.author)));
    return authors.size > 1 ? 'noteOfTwo' : 'paragraph';
  }
  return 'shortText';
}

function nameOf({ list, field }: Disputed): Question['name'] {
  switch (list?.field.localName ?? field.field.localName) {
    case 'strengths':
      return 'strength';
    case 'notes':
      return 'note';
    case 'steps':
    case 'nextSteps':
      return 'step';
    case 'message':
      return 'message';
    case 'reflections':
      return 'reflection';
    case 'priority':
      return 'priority';
    default:
      return null;
  }
}

export const siblingKey = ({ dot }: Sibling): string => `${dot.replica}.${dot.n}`;

export function questionPage(desk: Desk, visit: VisitRecord, asked: Asked): Question {
  const { disputed, element } = asked;
  const isText = disputed.field.form === 'text';
  const elements = elementsOf(desk, visit);
  const about = elements.find((e) => e.number === element);
  const ours = new Set([
    desk.store.outbox.row.replica,
    ...desk.store.outbox.row.rehomes.map((move) => move.oldReplica),
  ]);
  const notes = visit
    .sheet(desk.me)
    .notes.filter((note) => note.element !== undefined && note.element === element)
    .slice(0, 2)
    .map((note) => ({ id: hex(note.key), atMs: null, text: note.text ?? '' }));
  const values = disputed.values
    .map((value): QuestionValue => {
      const here = ours.has(value.dot.replica);
      const group = desk.store.outbox
        .groupsOf(asked.facet)
        .find((own) => own.dot.n === value.dot.n && own.dot.replica === value.dot.replica);
      return {
        key: siblingKey(value),
        level: asked.levels.length > 0 ? Number(decodeUnsigned(value.value)) : null,
        text: isText ? decodeText(value.value) : '',
        dateMs: asked.field === 'date' ? Number(decodeSigned(value.value)) * 86_400_000 : null,
        removed: false,
        author: desk.directory.nameOf(hex(value.author)),
        mine: hex(value.author) === desk.me,
        tablet: here ? '' : 'another tablet',
        at:
          value.stamp > 0n
            ? { kind: 'at', ms: stampMs(value.stamp) }
            : desk.written(group?.wallMs ?? desk.nowMs()),
        notes,
      };
    })
    .sort((a, b) => momentMs(a) - momentMs(b));
  const texts = values.map((value) => value.text);
  return {
    id: asked.id,
    visitId: visit.id,
    teacher: desk.directory.nameOf(visit.teacher),
    classCode: visit.plan.classCode ?? '',
    lessonMs: visit.plan.lessonStartMs === undefined ? null : Number(visit.plan.lessonStartMs),
    field: asked.field,
    element: about?.title ?? '',
    name: nameOf(disputed),
    values,
    merged: isText && texts.length === 2 ? mergedText(texts[0] ?? '', texts[1] ?? '') : null,
    levels: asked.levels.length > 0 ? (about?.levels ?? []) : [],
    blocksSharing: asked.levels.length > 0,
  };
}

const momentMs = ({ at }: QuestionValue) => (at.kind === 'at' ? at.ms : at.saidMs);

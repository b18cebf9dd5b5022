// Which field of a facet merges how: read from the annotated protos, where it is said once.
import { type DescField, type DescMessage, getOption, hasOption } from '@bufbuild/protobuf';
import { file_halfterm_v1_directory } from '#proto/directory_pb';
import { file_halfterm_v1_management } from '#proto/management_pb';
import {
  EntryKey,
  EntryRole,
  facet as facetOption,
  MergeKind,
  merge as mergeOption,
  ValueForm,
} from '#proto/merge_pb';
import { file_halfterm_v1_observation } from '#proto/observation_pb';
import { file_halfterm_v1_referral } from '#proto/referral_pb';

// How a value is written in its cell.
export type Form = 'unsigned' | 'signed' | 'bool' | 'text' | 'bytes' | 'numbers' | 'whole';

export interface FieldSchema {
  readonly field: DescField;
  readonly number: number;
  // The last byte of the path; see sync/core/path.h.
  readonly kind: number;
  // Two values that differ are a question to their author.
  readonly ask: boolean;
  // Only the server writes it.
  readonly server: boolean;
  readonly form: Form;
  // 0: what the form allows.
  readonly maxBytes: number;
}

export interface ListSchema {
  readonly field: DescField;
  readonly number: number;
  readonly entry: DescMessage;
  readonly keyIsNumber: boolean;
  readonly once: boolean;
  readonly orderBy: number;
  readonly key: DescField;
  readonly place: DescField | null;
  readonly parts: ReadonlyMap<number, FieldSchema>;
}

export interface FacetSchema {
  readonly facetClass: number;
  readonly message: DescMessage;
  readonly fields: ReadonlyMap<number, FieldSchema>;
  readonly lists: ReadonlyMap<number, ListSchema>;
}

export const pathKind = { reg: 1, elem: 2, pos: 3, phase: 5, blob: 6, tick: 7, para: 8 } as const;

const kindOf = (merge: MergeKind): number => {
  switch (merge) {
    case MergeKind.PHASE:
      return pathKind.phase;
    case MergeKind.PARA:
      return pathKind.para;
    case MergeKind.TICK:
      return pathKind.tick;
    case MergeKind.WHOLE:
      return pathKind.blob;
    default:
      return pathKind.reg;
  }
};

const unsignedScalars = new Set([4, 6, 7, 13]); // uint64, fixed64, fixed32, uint32

function formOf(field: DescField, form: ValueForm): Form {
  if (form === ValueForm.NUMBERS) return 'numbers';
  if (field.fieldKind === 'message') return 'whole';
  if (field.fieldKind === 'enum') return 'unsigned';
  if (field.fieldKind !== 'scalar') throw new Error(`${field.toString()} cannot be a cell`);
  if (field.scalar === 8) return 'bool';
  if (field.scalar === 9) return 'text';
  if (field.scalar === 12) return 'bytes';
  return unsignedScalars.has(field.scalar) ? 'unsigned' : 'signed';
}

function fieldSchema(field: DescField): FieldSchema {
  const merge = getOption(field, mergeOption);
  return {
    field,
    number: field.number,
    kind: kindOf(merge.kind),
    ask: merge.kind === MergeKind.ASK,
    server: merge.server,
    form: formOf(field, merge.form),
    maxBytes: merge.maxBytes,
  };
}

function listSchema(field: DescField, entry: DescMessage): ListSchema {
  const merge = getOption(field, mergeOption);
  const parts = new Map<number, FieldSchema>();
  let key: DescField | undefined;
  let place: DescField | null = null;
  for (const part of entry.fields) {
    const role = getOption(part, mergeOption).role;
    if (role === EntryRole.KEY) key = part;
    else if (role === EntryRole.PLACE) place = part;
    else parts.set(part.number, fieldSchema(part));
  }
  if (key === undefined) throw new Error(`${entry.typeName} has no key`);
  return {
    field,
    number: field.number,
    entry,
    keyIsNumber: merge.key === EntryKey.NUMBER,
    once: merge.once,
    orderBy: merge.orderBy,
    key,
    place,
    parts,
  };
}

const lists = new Set([MergeKind.LIST, MergeKind.LIST_POS, MergeKind.MAP]);

function facetSchema(message: DescMessage): FacetSchema {
  const fields = new Map<number, FieldSchema>();
  const entries = new Map<number, ListSchema>();
  for (const field of message.fields) {
    if (!hasOption(field, mergeOption)) continue;
    if (lists.has(getOption(field, mergeOption).kind) && field.message !== undefined) {
      entries.set(field.number, listSchema(field, field.message));
    } else {
      fields.set(field.number, fieldSchema(field));
    }
  }
  const { facetClass } = getOption(message, facetOption);
  return { facetClass, message, fields, lists: entries };
}

const byMessage = new Map<string, FacetSchema>();
for (const file of [
  file_halfterm_v1_observation,
  file_halfterm_v1_directory,
  file_halfterm_v1_referral,
  file_halfterm_v1_management,
]) {
  for (const message of file.messages) {
    if (hasOption(message, facetOption)) byMessage.set(message.typeName, facetSchema(message));
  }
}

// Of a message that is the view of a facet.
export function schemaOf(message: DescMessage): FacetSchema {
  const schema = byMessage.get(message.typeName);
  if (schema === undefined) throw new Error(`${message.typeName} is not the view of a facet`);
  return schema;
}

export const allSchemas = (): readonly FacetSchema[] => [...byMessage.values()];

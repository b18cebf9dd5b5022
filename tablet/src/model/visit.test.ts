// What counts as read: the version that is here, by its bytes.
import { readFileSync } from 'node:fs';
import { create, type DescMessage } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { coreSha256 } from '#core/pin';
import { PlanSchema, ResponseSchema, VersionSchema } from '#proto/observation_pb';
import { type Bytes, Core } from '../../core/core';
import { facetId, hex, unhex } from './bytes';
import type { View } from './view';
import { type FacetSource, facetClass, VisitRecord } from './visit';

const wasm = new Uint8Array(
  readFileSync(new URL('../../.generated/core/core.wasm', import.meta.url)),
);
const core = await Core.load(wasm, coreSha256);
const record: Bytes = new Uint8Array(16).fill(9);
const teacher: Bytes = new Uint8Array(16).fill(8);
// A facet of no cells, as bytes: its digest is still another for each facet.
const nothing: Bytes = unhex('01000000');

const roundId = (round: number): Bytes => {
  const id = new Uint8Array(16);
  id[15] = round;
  return id;
};
const versionOf = (round: number) => hex(facetId(record, facetClass.version, roundId(round)));

// A visit with these versions, and what the teacher acknowledged.
function visitWith(
  rounds: readonly number[],
  acks: readonly { readonly version: number; readonly digest?: Bytes }[],
): VisitRecord {
  const response = hex(facetId(record, facetClass.response, teacher));
  const source: FacetSource = {
    core,
    shown: () => nothing,
    facetsOf: () => [hex(facetId(record, facetClass.plan)), ...rounds.map(versionOf)],
    view: <Desc extends DescMessage>(_: Desc, facet: string): View<Desc> => {
      const said =
        facet === response
          ? create(ResponseSchema, { acks: acks.map((ack) => ({ ...ack })) })
          : facet === hex(facetId(record, facetClass.plan))
            ? create(PlanSchema, { kind: 1, teacher })
            : create(VersionSchema, {});
      return { message: said, disputed: [], newestStamp: 0n } as unknown as View<Desc>;
    },
  };
  return new VisitRecord(source, hex(record));
}

const digestOf = (round: number) => core.digests(unhex(versionOf(round)), nothing).facet;

describe('I9: an acknowledgement', () => {
  test('counts for the version whose bytes it names', () => {
    const acks = [1, 2].map((version) => ({ version, digest: digestOf(version) }));
    expect(visitWith([1, 2], acks).acknowledged()).toEqual([1, 2]);
  });

  test('of another text under the same number counts for nothing', () => {
    expect(visitWith([1], [{ version: 1, digest: digestOf(2) }]).acknowledged()).toEqual([]);
    expect(visitWith([1], [{ version: 1 }]).acknowledged()).toEqual([]);
    expect(visitWith([], [{ version: 1, digest: digestOf(1) }]).acknowledged()).toEqual([]);
  });
});

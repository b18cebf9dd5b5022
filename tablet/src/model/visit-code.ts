// What a visit's lead shows to a colleague who is in the same lesson: the visit's id and its join code,
// with as much of the plan as the colleague's tablet needs until it holds the plan itself. It travels
// from screen to camera, so it works with no network at all.
//
// The code opens nothing: the server takes a colleague in only if their role allows the visit.
import { create } from '@bufbuild/protobuf';
import { type Plan, PlanSchema } from '#proto/observation_pb';
import { type Bytes, concat, hex, textOf, unhex, utf8 } from './bytes';

const version = 1;
const codeLong = 10;
const fixedLong = 1 + 16 + codeLong + 1 + 16 + 16 + 8 + 2 + 1;

export interface VisitCode {
  // 32 hexadecimal letters each.
  readonly visitId: string;
  readonly teacher: string;
  readonly lead: string;
  // Ten letters and digits.
  readonly code: string;
  // VisitKind.
  readonly kind: number;
  readonly lessonMs: number;
  readonly minutes: number;
  readonly classCode: string;
  readonly room: string;
}

// Letters that may stand in an address.
export function writeVisitCode(visit: VisitCode): string {
  const numbers = new DataView(new ArrayBuffer(10));
  numbers.setBigInt64(0, BigInt(Math.trunc(visit.lessonMs)));
  numbers.setUint16(8, visit.minutes);
  const classCode = utf8(visit.classCode);
  const bytes = concat(
    Uint8Array.of(version),
    unhex(visit.visitId),
    utf8(visit.code),
    Uint8Array.of(visit.kind),
    unhex(visit.teacher),
    unhex(visit.lead),
    new Uint8Array(numbers.buffer),
    Uint8Array.of(classCode.length),
    classCode,
    utf8(visit.room),
  );
  const letters = btoa(String.fromCharCode(...bytes));
  return letters.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

// Null: it is none, or was not read whole.
export function readVisitCode(text: string): VisitCode | null {
  const bytes = fromLetters(text);
  if (bytes === null || bytes.length < fixedLong || bytes[0] !== version) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 1;
  const take = (size: number) => {
    at += size;
    return bytes.slice(at - size, at);
  };
  const visitId = hex(take(16));
  const code = textOf(take(codeLong));
  const kind = take(1)[0] ?? 0;
  const teacher = hex(take(16));
  const lead = hex(take(16));
  const lessonMs = Number(view.getBigInt64(at));
  const minutes = view.getUint16(at + 8);
  at += 10;
  const classLong = take(1)[0] ?? 0;
  if (at + classLong > bytes.length || !/^[0-9A-Z]{10}$/.test(code)) return null;
  const classCode = textOf(take(classLong));
  const room = textOf(bytes.slice(at));
  return { visitId, code, kind, teacher, lead, lessonMs, minutes, classCode, room };
}

// The plan as far as the code says it; `me` joins it.
export function planOf(visit: VisitCode, me: string): Plan {
  return create(PlanSchema, {
    kind: visit.kind,
    teacher: unhex(visit.teacher),
    lead: unhex(visit.lead),
    lessonStartMs: BigInt(visit.lessonMs),
    minutes: visit.minutes,
    ...(visit.classCode === '' ? {} : { classCode: visit.classCode }),
    ...(visit.room === '' ? {} : { room: visit.room }),
    observers: [visit.lead, me].map((id) => ({ person: unhex(id) })),
  });
}

function fromLetters(text: string): Bytes | null {
  try {
    const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

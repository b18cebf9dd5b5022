// A real halftermd with the demonstration school in a folder of its own, which can be stopped and
// started again; and the invitations that its administrator would hand out.
//
// HALFTERMD, HALFTERM: the programs; HALFTERM_APP: the built app that the server gives to browsers.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

function program(name: string): string {
  const path = process.env[name];
  if (!path) throw new Error(`${name} is not set: ctest sets it, or give the path of the build`);
  return path;
}

export interface Member {
  readonly id: string;
  // As screens show it.
  readonly name: string;
}

interface Ports {
  readonly grpc: string;
  readonly admin: string;
  readonly http: string;
}

const startMs = 40_000;
const toolTries = 6;

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;

// The n-th half-term of the school, with its number in the server's figures.
export interface HalfTermDays {
  readonly h2: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export class School {
  readonly #folder = mkdtempSync(join(tmpdir(), 'halfterm-e2e-'));
  #replays = 0;
  #server: ChildProcess | null = null;
  #ports: Ports = { grpc: '127.0.0.1:0', admin: '127.0.0.1:0', http: '127.0.0.1:0' };

  private constructor(readonly app = '') {}

  // `inHalfTerm`: the calendar is moved by whole weeks, so that today lies in the middle of that
  // half-term whatever the day of the test.
  // `app`: the folder of the app, where it is not the built one.
  static async open({ inHalfTerm = 0, app = '' } = {}): Promise<School> {
    const school = new School(app);
    await school.start();
    school.#tool('demo-school', '--out', school.#path('school'));
    if (inHalfTerm > 0) school.#moveCalendar(inHalfTerm);
    school.import();
    return school;
  }

  // Brings the roster in again, as it stands in the files.
  import(): void {
    this.#tool('import', this.#path('school/roster'));
  }

  // What people did on other tablets: lines of docs/workload.md without their first.
  replay(halfTerm: number, lines: readonly object[]): void {
    const file = this.#path(`work-${this.#replays}.ndjson`);
    const first = {
      workload: 1,
      seed: 1,
      tenant: 'demonstration',
      half_term: halfTerm,
      zone: 'Europe/London',
      tablets: 4,
      phases: 1,
      clock_offset_ms: {},
      lost_reply_percent: 0,
    };
    const text = [first, ...lines].map((line) => JSON.stringify(line)).join('\n');
    writeFileSync(file, `${text}\n`);
    const stores = this.#path(`stores-${this.#replays}`);
    this.#replays += 1;
    this.#run(['replay', file, '--stores', stores]);
  }

  // Freezes the last half-term that has closed.
  freeze(): void {
    this.#tool('freeze');
  }

  // Makes a backup, and says which generation it is.
  backUp(): number {
    const said = this.#tool('backup', '--to', this.#path('backups'));
    return Number(/Generation (\d+)/.exec(said)?.[1] ?? 0);
  }

  // Puts that backup in the place of what the server has, as after a disk that died.
  async restore(generation: number): Promise<void> {
    await this.stop();
    this.#run([
      ...['restore', '--data', this.#path('data'), '--from', this.#path('backups')],
      ...['--to-generation', String(generation)],
    ]);
    await this.start();
  }

  // Where its people have accounts already; it comes back to the app.
  setProvider(issuer: string, name: string, client: string, secret: string): void {
    const file = this.#path('client-secret');
    writeFileSync(file, `${secret}\n`);
    const words = ['--issuer', issuer, '--name', name, '--client-id', client];
    this.#tool(
      'provider',
      ...words,
      ...['--client-secret-file', file, '--redirect-uri', this.address],
    );
  }

  // The last day of every grant of that role to that person is yesterday.
  endRole(person: string, role: string): void {
    const yesterday = new Date(Date.now() - dayMs).toISOString().slice(0, 10);
    this.#rewrite('grants.csv', (row) =>
      row.person === person && row.role === role ? { ...row, to: yesterday } : row,
    );
    this.import();
  }

  // A role at an organisation, from now on.
  giveRole(person: string, role: string, org: string): void {
    const file = this.#path('school/roster/grants.csv');
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8').trimEnd()}\r\n${person},${role},${org},,,\r\n`,
    );
    this.import();
  }

  // A second school, of the last six departments, and a federation of both, which the second governor
  // governs from now on. Rules and policies are the federation's.
  federate(): { readonly org: string; readonly first: string; readonly second: string } {
    const orgs = this.#rows('orgs.csv');
    const school = orgs.find(({ type }) => type === 'school');
    const departments = orgs.filter(({ type }) => type === 'department').slice(-6);
    const moved = new Set(departments.map(({ sourcedId }) => sourcedId));
    const governor = this.holder('governor', 1);
    const first = school?.sourcedId ?? '';
    const federation = randomUUID();
    const second = { id: randomUUID(), name: 'Southfield School' };
    this.#rewrite('orgs.csv', (row) => {
      if (row.sourcedId === first) return { ...row, parentSourcedId: federation };
      return moved.has(row.sourcedId) ? { ...row, parentSourcedId: second.id } : row;
    });
    const file = this.#path('school/roster/orgs.csv');
    const added = [
      `${federation},,,Two Rivers,district,,`,
      `${second.id},,,${second.name},school,,${federation}`,
    ];
    writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}\r\n${added.join('\r\n')}\r\n`);
    this.#rewrite('grants.csv', (row) =>
      row.person === governor.id && row.role === 'governor' ? { ...row, org: federation } : row,
    );
    for (const name of ['coverage.json', 'policies.json']) {
      const path = this.#path(`school/roster/${name}`);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(first, federation));
    }
    this.import();
    return { org: federation, first: school?.name ?? '', second: second.name };
  }

  halfTerm(number: number): HalfTermDays {
    const row = this.#rows('academicSessions.csv').find(
      ({ sourcedId }) => sourcedId === `half-term-${number}`,
    );
    const firstMs = Date.parse(`${row?.startDate}T00:00:00Z`);
    const firstYear = Number(row?.schoolYear) - 1;
    return {
      h2: (firstYear - 2000) * 8 + number,
      firstMs,
      lastMs: Date.parse(`${row?.endDate}T00:00:00Z`),
    };
  }

  // Of the demonstration school's first rubric and its template for department visits.
  get forms(): { readonly rubric: string; readonly template: string } {
    const read = (name: string) =>
      JSON.parse(readFileSync(this.#path(`school/roster/${name}`), 'utf8'));
    const template = read('templates.json').find(({ kind }: { kind: string }) => kind === 'dept');
    return { rubric: template.rubric_version, template: template.id };
  }

  #moveCalendar(inHalfTerm: number): void {
    const { firstMs, lastMs } = this.halfTerm(inHalfTerm);
    const by = Math.round((Date.now() - (firstMs + lastMs) / 2) / weekMs) * weekMs;
    const moved = (day: string) =>
      new Date(Date.parse(`${day}T00:00:00Z`) + by).toISOString().slice(0, 10);
    this.#rewrite('academicSessions.csv', (row) => ({
      ...row,
      startDate: moved(row.startDate ?? ''),
      endDate: moved(row.endDate ?? ''),
    }));
    this.#rewrite('closed_days.csv', (row) => ({ ...row, from: moved(row.from ?? '') }));
    const cycles = this.#path('school/roster/cycles.json');
    const text = readFileSync(cycles, 'utf8');
    writeFileSync(cycles, text.replace(/\d{4}-\d{2}-\d{2}/g, moved));
  }

  #rewrite(file: string, change: (row: Record<string, string>) => Record<string, string>): void {
    const rows = this.#rows(file).map(change);
    const names = Object.keys(rows[0] ?? {});
    const lines = rows.map((row) => names.map((name) => row[name] ?? '').join(','));
    const text = [names.join(','), ...lines].join('\r\n');
    writeFileSync(this.#path(`school/roster/${file}`), `${text}\r\n`);
  }

  // The whole year that demo-school writes: some 7,000 visits, as twenty tablets brought them. With
  // `keptIn`, a folder that is made once and used again.
  static async openWithYear(keptIn: string | undefined): Promise<School> {
    if (keptIn !== undefined && existsSync(join(keptIn, 'data'))) {
      const school = new School();
      cpSync(keptIn, school.#folder, { recursive: true });
      await school.start();
      return school;
    }
    const school = await School.open();
    for (let halfTerm = 1; halfTerm <= 6; halfTerm += 1) {
      school.#tool('replay', school.#path(`school/workload/half-term-${halfTerm}.ndjson`));
    }
    if (keptIn !== undefined) {
      await school.stop();
      cpSync(school.#folder, keptIn, { recursive: true });
      await school.start();
    }
    return school;
  }

  // Where a browser finds the app.
  get address(): string {
    return `http://${this.#ports.http.replace('127.0.0.1', 'localhost')}/`;
  }

  // The same ports each time, as a server that was restarted has.
  async start(): Promise<void> {
    const portsFile = this.#path('ports.json');
    rmSync(portsFile, { force: true });
    const server = spawn(
      program('HALFTERMD'),
      [
        ['--data', this.#path('data')],
        ['--grpc', this.#ports.grpc],
        ['--admin', this.#ports.admin],
        ['--http', this.#ports.http],
        ['--app', this.app || program('HALFTERM_APP')],
        ['--ports-file', portsFile],
      ].flat(),
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    this.#server = server;
    const deadline = Date.now() + startMs;
    while (!existsSync(portsFile) || readFileSync(portsFile, 'utf8').trim() === '') {
      if (server.exitCode !== null) throw new Error(`halftermd ended with ${server.exitCode}`);
      if (Date.now() > deadline) throw new Error(`halftermd did not start in ${startMs} ms`);
      await sleep(50);
    }
    this.#ports = JSON.parse(readFileSync(portsFile, 'utf8'));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await Promise.race([ended, sleep(10_000).then(() => server.kill('SIGKILL'))]);
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  // A code for that person, ten characters.
  invite(member: Member): string {
    const answer = JSON.parse(this.#tool('--json', 'invite', '--person', member.id));
    return answer.code;
  }

  // The same as the picture of a QR code, as an administrator prints it.
  invitePicture(member: Member): Uint8Array {
    const png = this.#path(`invitation-${member.id}.png`);
    this.#tool('invite', '--person', member.id, '--url', this.address, '--png', png);
    return readFileSync(png);
  }

  // The n-th person with that role, in the order of the roster; for a department's head its org.
  holder(
    role: 'head' | 'slt' | 'hod' | 'governor' | 'ast' | 'admin',
    n = 0,
  ): Member & { readonly org: string } {
    const grant = this.#rows('grants.csv').filter((row) => row.role === role)[n];
    if (!grant?.person || !grant.org) throw new Error(`the roster has no ${role} number ${n}`);
    return { ...this.#member(grant.person), org: grant.org };
  }

  // A teacher of that department who holds none of the roles above.
  teacherOf(department: string, n = 0): Member {
    const leaders = new Set(this.#rows('grants.csv').map((row) => row.person));
    const ids = this.#rows('roles.csv')
      .filter((row) => row.orgSourcedId === department && !leaders.has(row.userSourcedId))
      .map((row) => row.userSourcedId);
    const id = ids[n];
    if (!id) throw new Error(`the department has no teacher number ${n}`);
    return this.#member(id);
  }

  #member(id: string): Member {
    const user = this.#rows('users.csv').find((row) => row.sourcedId === id);
    return { id, name: `${user?.givenName} ${user?.familyName}` };
  }

  #rows(file: string): Record<string, string>[] {
    const [head = '', ...lines] = readFileSync(this.#path(`school/roster/${file}`), 'utf8')
      .trim()
      .split(/\r?\n/);
    const names = head.split(',');
    return lines.map((line) => {
      const cells = line.split(',');
      return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
    });
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  // A busy machine may keep the tool's short call waiting too long; each of these is safe to repeat.
  #tool(...words: string[]): string {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.#run(words);
      } catch (error) {
        if (attempt === toolTries) throw error;
      }
    }
  }

  #run(words: readonly string[]): string {
    return execFileSync(
      program('HALFTERM'),
      [
        ['--server', this.#ports.grpc],
        ['--admin', this.#ports.admin],
        ['--school', 'demonstration'],
        ...words.map((word) => [word]),
      ].flat(),
      { encoding: 'utf8', timeout: 60_000 },
    );
  }
}

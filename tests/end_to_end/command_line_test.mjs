// What somebody who types `halfterm` sees: help with examples, exit codes, JSON, and errors that say what
// to do. The built command against no server, and against the built server with a made-up school.
//
//   node --test command_line_test.mjs      HALFTERM and HALFTERMD name the two programs

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const { HALFTERM, HALFTERMD } = process.env;
const NOBODY = ['--server', '127.0.0.1:1', '--admin', '127.0.0.1:1'];

function halfterm(...args) {
  const { status, stdout, stderr } = spawnSync(HALFTERM, args, { encoding: 'utf8', timeout: 120_000 });
  return { status, stdout, stderr };
}

function commands() {
  const { stdout } = halfterm('--help');
  const [, listed] = stdout.split('Subcommands:\n');
  return [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name);
}

describe('without a server', () => {
  test('every command explains itself with an example', () => {
    assert.ok(commands().length >= 8);
    for (const command of commands()) {
      const { status, stdout } = halfterm(command, '--help');
      assert.equal(status, 0, command);
      assert.match(stdout, /Examples?:/, command);
      assert.ok(stdout.split('\n').every((line) => line.length <= 130), `${command}: a line is too long`);
    }
  });

  test('wrong usage exits with 2 and names what is wrong', () => {
    for (const args of [[], ['nonsense'], ['verify', '--nonsense'], ['import'], ['coverage']]) {
      const { status, stdout, stderr } = halfterm(...args);
      assert.equal(status, 2, args.join(' '));
      assert.notEqual(stdout + stderr, '');
    }
    assert.match(halfterm('nonsense').stderr, /no command "nonsense"/);
  });

  test('nobody at the other end exits with 1 and says where it looked', () => {
    for (const args of [['verify'], ['--school', 'riverside', 'coverage', '--as', 'Hana Owen']]) {
      const { status, stderr } = halfterm(...NOBODY, ...args);
      assert.equal(status, 1, args.join(' '));
      assert.match(stderr, /no server answers/);
      assert.match(stderr, /127\.0\.0\.1:1/);
      assert.doesNotMatch(stderr, /ipv4:|UNKNOWN/, 'no words of the transport');
    }
  });

  test('a folder that is no roster is refused by name', () => {
    const { status, stderr } = halfterm(...NOBODY, '--school', 'riverside', 'import', '/nowhere/at/all');
    assert.notEqual(status, 0);
    assert.match(stderr, /\/nowhere\/at\/all/);
  });
});

describe('with a school', () => {
  let folder;
  let server;
  let reach;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'halfterm-line-'));
    const started = new Promise((resolve) => {
      const watcher = watch(folder, (_, name) => {
        if (name !== 'ports') return;
        try {
          resolve(JSON.parse(readFileSync(join(folder, 'ports'), 'utf8')));
          watcher.close();
        } catch {
          // Half written: the next change brings the rest.
        }
      });
    });
    server = spawn(HALFTERMD, [
      '--data', join(folder, 'data'), '--grpc', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--http', '127.0.0.1:0',
      '--low-space-mib', '0',
      '--ports-file', join(folder, 'ports'),
    ], { stdio: 'ignore' });
    const { grpc, admin } = await started;
    reach = ['--server', grpc, '--admin', admin];
    assert.equal(halfterm('demo-school', '--out', join(folder, 'school')).status, 0);
  }, { timeout: 120_000 });

  after(async () => {
    server.kill();
    await new Promise((resolve) => { server.once('exit', resolve); });
    rmSync(folder, { recursive: true });
  });

  const inSchool = (...args) => halfterm(...reach, '--school', 'demonstration', ...args);

  test('a dry run changes nothing, and the import says what it did', () => {
    const dry = inSchool('import', join(folder, 'school', 'roster'), '--dry-run');
    assert.equal(dry.status, 0, dry.stderr);
    assert.match(dry.stdout, /118|people/i);
    assert.notEqual(inSchool('coverage', '--as', 'Nobody').status, 0, 'there is no school yet');
    assert.equal(inSchool('import', join(folder, 'school', 'roster')).status, 0);
  });

  test('a rejected row is named with its file and line, and nothing is half-imported', () => {
    const broken = join(folder, 'staff.csv');
    writeFileSync(broken, 'id,name\nABC,Hana Owen\n,No Code\n');
    const { status, stdout, stderr } = inSchool('import', broken);
    assert.equal(status, 1);
    assert.match(stdout + stderr, /staff\.csv.*3/s);
  });

  test('--json prints one object that parses, for people and programs alike', () => {
    const verify = inSchool('--json', 'verify');
    assert.equal(verify.status, 0, verify.stderr);
    assert.equal(typeof JSON.parse(verify.stdout), 'object');
    const waiting = inSchool('--json', 'waiting');
    assert.equal(waiting.status, 0, waiting.stderr);
    assert.equal(typeof JSON.parse(waiting.stdout), 'object');
  });

  test('what is done with accounts is in the audit, which exports whole and verifies', () => {
    const grants = readFileSync(join(folder, 'school', 'roster', 'grants.csv'), 'utf8');
    const [head] = /^[^,\n]+(?=,head,)/m.exec(grants);
    assert.equal(inSchool('invite', '--person', head).status, 0);
    assert.equal(inSchool('accounts', '--end-account', head).status, 0);
    assert.equal(inSchool('accounts', '--begin-account', head).status, 0);
    const acts = inSchool('audit', 'acts');
    assert.equal(acts.status, 0, acts.stderr);
    const lines = acts.stdout.split('\n').filter((line) => line.includes('this machine'));
    for (const what of ['imported', 'role given', 'invited', 'account ended', 'account opened']) {
      assert.equal(lines.filter((line) => line.includes(what)).length > 0, true, `${what}\n${acts.stdout}`);
    }
    assert.match(acts.stdout, /\bhead$/m, 'the role is named');
    assert.doesNotMatch(acts.stdout, /[0-9a-f]{8}-[0-9a-f]{4}/, 'people are named, not numbered');

    const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    const later = inSchool('audit', 'acts', '--since', tomorrow);
    assert.equal(later.status, 0, later.stderr);
    assert.doesNotMatch(later.stdout, /invited/);
    assert.equal(inSchool('audit', 'acts', '--since', 'yesterday').status, 2);

    const exported = inSchool('audit', 'export');
    assert.equal(exported.status, 0, exported.stderr);
    const rows = exported.stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(rows.map((row) => row.n), rows.map((_, at) => at + 1), 'numbered without a gap');
    assert.match(exported.stderr, new RegExp(`${rows.length} rows; the chain ends with ${rows.at(-1).chain}`));
    const acted = inSchool('--json', 'audit', 'acts').stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(acted.slice(0, 3).map((row) => row.n), [1, 2, 3]);
    assert.equal(inSchool('verify').status, 0);
  });

  test('C27: the meeting’s pack and the agreement of observers, for whom they are', () => {
    const grants = readFileSync(join(folder, 'school', 'roster', 'grants.csv'), 'utf8');
    const [head] = /^[^,\n]+(?=,head,)/m.exec(grants);
    const pack = inSchool('--json', 'summary', 'pack', '--as', head, '--day', '2026-11-26');
    assert.equal(pack.status, 0, pack.stderr);
    assert.equal(JSON.parse(pack.stdout).coverage.length > 0, true);
    const read = inSchool('summary', 'pack', '--as', head);
    assert.equal(read.status, 0, read.stderr);
    for (const part of ['Praise', 'Decisions due', 'Coverage by department', 'As of']) {
      assert.match(read.stdout, new RegExp(part));
    }
    const agreement = inSchool('agreement', '--as', head, '--all');
    assert.equal(agreement.status, 0, agreement.stderr);
    assert.match(agreement.stdout, /All observers/);
    assert.equal(inSchool('summary', 'pack', '--as', head, '--day', 'Thursday').status, 2);
    const [governor] = /^[^,\n]+(?=,governor,)/m.exec(grants);
    for (const args of [['summary', 'pack', 'Mathematics'], ['agreement', '--all']]) {
      const refused = inSchool(...args, '--as', governor);
      assert.equal(refused.status, 1, args.join(' '));
      assert.equal(refused.stdout, '');
    }
  });

  test('audit who-saw names who read about somebody, at once and by name', () => {
    const grants = readFileSync(join(folder, 'school', 'roster', 'grants.csv'), 'utf8');
    const [head] = /^[^,\n]+(?=,head,)/m.exec(grants);
    const people = readFileSync(join(folder, 'school', 'roster', 'people.csv'), 'utf8').split(/\r?\n/);
    const [teacher] = people.map((line) => line.split(','))
      .find(([id, , type]) => type === 'staff' && !grants.includes(id));
    const saw = () => inSchool('--json', 'audit', 'who-saw', '--person', teacher);
    assert.deepEqual(JSON.parse(saw().stdout).readings ?? [], []);
    const read = inSchool('summary', 'teacher', teacher, '--as', head);
    assert.equal(read.status, 0, read.stderr);
    const { readings } = JSON.parse(saw().stdout);
    assert.equal(readings.length, 1);
    assert.match(inSchool('audit', 'who-saw', '--person', teacher).stdout, /page of figures/);
    assert.equal(inSchool('audit', 'who-saw').status, 2);
    const acts = inSchool('audit', 'acts').stdout;
    assert.match(acts, /asked who saw/, 'looking into the audit is in it');
  });

  test('C25: two entries of one person are merged, and are two again', () => {
    const grants = readFileSync(join(folder, 'school', 'roster', 'grants.csv'), 'utf8');
    const [one, two] = [...grants.matchAll(/^([^,\n]+),hod,/gm)].map(([, person]) => person);
    const merge = (...flags) => inSchool('merge-people', two, '--into', one, ...flags);
    assert.match(merge('--dry-run').stdout, /would be filed under/);
    const merged = merge();
    assert.equal(merged.status, 0, merged.stderr);
    assert.match(merge().stdout, /so already/);
    assert.equal(inSchool('merge-people', one, '--into', one).status, 1, 'one entry is not two');
    assert.equal(inSchool('merge-people', one, '--into', two).status, 1, 'nobody stands for both');
    assert.equal(inSchool('merge-people', two).status, 2, 'into whom?');
    const back = merge('--undo');
    assert.equal(back.status, 0, back.stderr);
    assert.match(back.stdout, /of their own again/);
    assert.equal(inSchool('verify').status, 0);
  });

  test('who does not exist and who may not see look the same', () => {
    const none = inSchool('summary', 'teacher', 'Nobody At All', '--as', 'Nobody At All');
    assert.equal(none.status, 1);
    assert.match(none.stderr, /halfterm: /);
  });
});

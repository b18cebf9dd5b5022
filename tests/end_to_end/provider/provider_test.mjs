// Signing in through a school's OpenID Connect provider: the built server, a real provider (npm
// oidc-provider), and one that lies. Cases A16 and A17.
//
//   node --test provider_test.mjs      HALFTERM and HALFTERMD name the two programs

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { client, lyingIssuer, realIssuer, visit } from './issuers.mjs';
import { code, Tablet } from './tablet.mjs';

const { HALFTERM, HALFTERMD } = process.env;
const PASSPHRASE = 'nine purple wagtails';
const SCHOOL = 'demonstration';

let folder, server, reach, log = '';
const emails = { alice: 'alice@school.example', bob: 'bob@school.example' };
let real, liar;
const tablets = [];

function halfterm(...args) {
  const { status, stdout, stderr } =
    spawnSync(HALFTERM, [...reach, '--school', SCHOOL, '--json', ...args], { encoding: 'utf8', timeout: 120_000 });
  assert.equal(status, 0, `${args[0]}: ${stderr}`);
  return JSON.parse(stdout);
}

function setProvider(issuer) {
  const secret = join(folder, 'secret');
  writeFileSync(secret, `${client.secret}\n`);
  halfterm('provider', '--issuer', issuer, '--client-id', client.id, '--client-secret-file', secret,
    '--redirect-uri', client.redirect);
}

async function newTablet(person) {
  const tablet = await Tablet.made(reach[1]);
  tablets.push(tablet);
  const invitation = halfterm('invite', ...(person ? ['--person', person] : []));
  return { tablet, enrolled: await tablet.enrol(invitation), invitation };
}

let people;

async function startServer() {
  rmSync(join(folder, 'ports'), { force: true });
  const started = new Promise((resolve) => {
    const watcher = watch(folder, () => {
      if (!existsSync(join(folder, 'ports'))) return;
      watcher.close();
      resolve(JSON.parse(readFileSync(join(folder, 'ports'), 'utf8')));
    });
  });
  server = spawn(HALFTERMD, ['--data', join(folder, 'data'), '--grpc', '127.0.0.1:0', '--admin', '127.0.0.1:0',
    '--http', '127.0.0.1:0', '--low-space-mib', '0', '--ports-file', join(folder, 'ports')]);
  server.stderr.on('data', (text) => { log += text; });
  const { grpc, admin } = await started;
  reach = ['--server', grpc, '--admin', admin];
}

async function stopServer() {
  server.kill();
  await new Promise((resolve) => { server.once('exit', resolve); });
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halfterm-provider-'));
  await startServer();
  const made = spawnSync(HALFTERM, ['demo-school', '--out', join(folder, 'school')], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  halfterm('import', join(folder, 'school', 'roster'));
  const users = readFileSync(join(folder, 'school', 'roster', 'users.csv'), 'utf8').split('\n');
  const column = users[0].split(',').indexOf('sourcedId');
  people = users.slice(1, 5).map((line) => line.split(',')[column].replaceAll('"', ''));
  real = await realIssuer(emails);
  liar = await lyingIssuer();
}, { timeout: 120_000 });

after(async () => {
  for (const tablet of tablets) tablet.close();
  real?.close();
  liar?.close();
  await stopServer();
  rmSync(folder, { recursive: true });
});

const refused = (status) => (error) => {
  assert.equal(error.code, status, `${error.code}: ${error.details}`);
  return true;
};

describe('a real provider', () => {
  let tablet, alice;

  test('links an invited person at the first sign-in, and knows them from then on', async () => {
    setProvider(real.issuer);
    const joined = await newTablet(people[0]);
    ({ tablet } = joined);
    assert.equal(joined.enrolled.has_provider, true);
    const begun = await tablet.begin({ ticket: joined.enrolled.ticket });
    const answer = await visit(begun.authorize_url, 'alice');
    assert.equal(answer.state, begun.state);
    alice = await tablet.finish(answer.state, answer.code);
    assert.deepEqual(alice.person, joined.enrolled.person.person);
    assert.deepEqual((await tablet.hello(alice.token)).person, alice.person);

    const again = await tablet.begin();
    const second = await visit(again.authorize_url, 'alice');
    assert.deepEqual((await tablet.finish(second.state, second.code)).person, alice.person);
  });

  test('A17: knows people by their account there, whatever e-mail address it has', async () => {
    [emails.alice, emails.bob] = ['new@school.example', 'alice@school.example'];
    const begun = await tablet.begin();
    const answer = await visit(begun.authorize_url, 'alice');
    assert.deepEqual((await tablet.finish(answer.state, answer.code)).person, alice.person);
    const other = await tablet.begin();
    const bobs = await visit(other.authorize_url, 'bob');
    await assert.rejects(tablet.finish(bobs.state, bobs.code), refused(code.UNAUTHENTICATED));
  });

  test('A17: refuses a wrong state, a state of another tablet, and a code that comes again', async () => {
    const begun = await tablet.begin();
    const answer = await visit(begun.authorize_url, 'alice');
    await assert.rejects(tablet.finish('made-up', answer.code), refused(code.UNAUTHENTICATED));
    const { tablet: another } = await newTablet();
    await assert.rejects(another.finish(answer.state, answer.code), refused(code.UNAUTHENTICATED));
    await tablet.finish(answer.state, answer.code);
    await assert.rejects(tablet.finish(answer.state, answer.code), refused(code.UNAUTHENTICATED));
    const next = await tablet.begin();
    await assert.rejects(tablet.finish(next.state, answer.code), refused(code.UNAUTHENTICATED), 'replayed');
    const mixed = await tablet.begin();
    const other = await tablet.begin();
    const swapped = await visit(mixed.authorize_url, 'alice');
    await assert.rejects(tablet.finish(other.state, swapped.code), refused(code.UNAUTHENTICATED),
      'the verifier and the nonce are of another sign-in');
  });

  test('A17: a sign-in that began before a restart is finished after it, once', async () => {
    const begun = await tablet.begin();
    const answer = await visit(begun.authorize_url, 'alice');
    await stopServer();
    await startServer();
    tablet.close();
    tablet.reach(reach[1]);
    assert.deepEqual((await tablet.finish(answer.state, answer.code)).person, alice.person);
    await assert.rejects(tablet.finish(answer.state, answer.code), refused(code.UNAUTHENTICATED));
  });

  test('A17: an account that is linked opens nobody else', async () => {
    const { tablet: another, enrolled } = await newTablet(people[1]);
    const begun = await another.begin({ ticket: enrolled.ticket });
    const answer = await visit(begun.authorize_url, 'alice');
    await assert.rejects(another.finish(answer.state, answer.code), refused(code.UNAUTHENTICATED));
  });

  test('an administrator links an account, and takes the link away', async () => {
    halfterm('provider', '--link', people[2], '--subject', 'bob');
    const begun = await tablet.begin();
    const answer = await visit(begun.authorize_url, 'bob');
    const bob = await tablet.finish(answer.state, answer.code);
    assert.notDeepEqual(bob.person, alice.person);
    await tablet.hello(bob.token);
    halfterm('provider', '--unlink', people[2]);
    await assert.rejects(tablet.hello(bob.token), refused(code.UNAUTHENTICATED), 'the session ends with the link');
    const again = await tablet.begin();
    const second = await visit(again.authorize_url, 'bob');
    await assert.rejects(tablet.finish(second.state, second.code), refused(code.UNAUTHENTICATED));
  });
});

test('A6: sessions by the word of a provider that the school gave up end; a passphrase stays good', async () => {
  const first = await newTablet(people[1]);
  const own = await first.tablet.signIn({ ticket: { ticket: first.enrolled.ticket, new_passphrase: PASSPHRASE } });
  assert.equal(own.has_provider, true);
  halfterm('provider', '--link', people[0], '--subject', 'alice');
  const begun = await first.tablet.begin();
  const answer = await visit(begun.authorize_url, 'alice');
  const alice = await first.tablet.finish(answer.state, answer.code);
  halfterm('provider', '--remove');
  await assert.rejects(first.tablet.hello(alice.token), refused(code.UNAUTHENTICATED));
  await first.tablet.hello(own.token);
  const again = await first.tablet.signIn({ passphrase: { sign_in_name: own.sign_in_name, passphrase: PASSPHRASE } });
  assert.equal(again.has_provider, false);
});

describe('a provider that lies', () => {
  let tablet, enrolled;
  async function attempt(bend, expected, link = {}) {
    liar.bend = bend;
    const begun = await tablet.begin(link);
    const query = liar.heard(begun.authorize_url);
    assert.equal(query.get('code_challenge_method'), 'S256');
    assert.equal(query.get('response_type'), 'code');
    const finished = tablet.finish(begun.state, 'some-code');
    if (expected === undefined) return finished;
    await assert.rejects(finished, refused(expected));
  }

  test('A17: the same subject at another issuer is somebody else', async () => {
    setProvider(liar.issuer);
    ({ tablet, enrolled } = await newTablet(people[3]));
    await attempt({}, code.UNAUTHENTICATED);
    const first = await attempt({}, undefined, { ticket: enrolled.ticket });
    assert.deepEqual(first.person, enrolled.person.person);
    assert.deepEqual((await attempt({}, undefined)).person, first.person);
  });

  test('A16: a token that is not right in every part is refused', async () => {
    const cases = [
      { header: { alg: 'none' } }, { header: { alg: 'HS256' } }, { header: { kid: 'unknown' } },
      { header: { jku: 'http://127.0.0.1:1/keys' } }, { claims: { aud: 'another' } }, { claims: { iss: real.issuer } },
      { claims: { nonce: 'another' } }, { claims: { exp: 1 } }, { claims: { nbf: 4e9 } }, { claims: { azp: 'another' } },
      { claims: { sub: '' } }, { token: 'a.b' }, { token: '' }, { token: 'x'.repeat(100_000) }, { claims: { sub: 'nobody' } },
    ];
    for (const bend of cases) await attempt(bend, code.UNAUTHENTICATED);
    assert.ok(liar.asked.filter((url) => url === '/keys').length <= 2, 'a made-up key is no reason to ask again and again');
    assert.ok((await attempt({}, undefined)).token);
  });

  test('Q9: it cannot send the server elsewhere, keep it waiting, or fill it up', async () => {
    ({ tablet } = await newTablet());  // The other has failed almost as often as it may in a quarter of an hour.
    let reached = 0;
    const places = ['http://127.0.0.1:1/token', 'http://169.254.169.254/', 'file:///etc/passwd', 'https://me@evil.example/'];
    await attempt({ tokenHandler: (_, response) => { response.statusCode = 302; response.setHeader('location', `${liar.issuer}/elsewhere`).end(); } },
      code.UNAUTHENTICATED);
    assert.ok(!liar.asked.includes('/elsewhere'), 'redirects are not followed');
    await attempt({ tokenHandler: (_, response) => { response.end('x'.repeat(2_000_000)); } }, code.UNAVAILABLE);
    await attempt({ tokenHandler: (_, response) => { response.end('{"id_token":'); } }, code.UNAUTHENTICATED);
    const before = Date.now();
    await attempt({ tokenHandler: () => { reached += 1; } }, code.UNAVAILABLE);
    assert.ok(Date.now() - before < 15_000 && reached === 1);
    for (const place of places) {
      const another = await lyingIssuer();
      another.bend = { discovery: { token_endpoint: place } };
      setProvider(another.issuer);
      await assert.rejects(tablet.begin(), refused(code.UNAVAILABLE), place);
      another.close();
    }
    const impostor = await lyingIssuer();
    impostor.bend = { discovery: { issuer: liar.issuer } };
    setProvider(impostor.issuer);
    await assert.rejects(tablet.begin(), refused(code.UNAVAILABLE), 'it says that it is another');
    impostor.close();
  });

  test('A13: a sign-in that leads nowhere is begun twenty times in a quarter of an hour', async () => {
    setProvider(liar.issuer);
    ({ tablet } = await newTablet());
    for (let n = 0; n < 20; ++n) await attempt({ token: '' }, code.UNAUTHENTICATED);
    await assert.rejects(tablet.begin(), refused(code.RESOURCE_EXHAUSTED));
  });
});

test('S7: fifty planted secrets are nowhere in the data directory or the log', async () => {
  const { tablet, enrolled, invitation } = await newTablet(people[1]);
  const planted = [client.secret, PASSPHRASE, invitation.code, enrolled.ticket];
  const words = (n) => `canary ${n} of the seventh sea`;
  let signed = await tablet.signIn({ ticket: { ticket: enrolled.ticket, new_passphrase: PASSPHRASE } });
  for (let n = 0; n < 23; ++n) {
    const wrong = words(n);
    planted.push(wrong, signed.token);
    if (n < 9) {
      await assert.rejects(tablet.signIn({ passphrase: { sign_in_name: `canary${n}.name`, passphrase: wrong } }));
      planted.push(`canary${n}.name`);
    }
    signed = await tablet.signIn({ passphrase: { sign_in_name: signed.sign_in_name, passphrase: PASSPHRASE } });
  }
  planted.push(signed.token);
  assert.ok(planted.length >= 50, `${planted.length}`);
  const files = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  assert.ok(files.length > 3);
  for (const file of files) {
    const bytes = readFileSync(file);
    for (const secret of planted) {
      assert.equal(bytes.indexOf(secret), -1, `${file} holds ${secret}`);
      assert.equal(bytes.indexOf(Buffer.from(secret).toString('base64')), -1, `${file} holds ${secret} as base64`);
    }
  }
  for (const secret of planted) assert.equal(log.indexOf(secret.toString()), -1, 'in the log');
  assert.ok(!log.includes('alice'));
});

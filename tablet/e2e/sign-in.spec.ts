// Coming in through the school's own provider in a browser, and what an administrator does at the office:
// the app as built, the server as built, and a real OpenID Connect provider.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { faultsOf } from './accessible';
import { TabletPage } from './pages/tablet';
import { School } from './school';

const endToEnd = fileURLToPath(new URL('../../tests/end_to_end/', import.meta.url));

interface Issuer {
  readonly issuer: string;
  readonly close: () => void;
}

let school: School;
let tablet: TabletPage;
let provider: Issuer;

beforeAll(async () => {
  execFileSync(`${endToEnd}packages.sh`, { stdio: 'ignore' });
  const issuers = await import(/* @vite-ignore */ `${endToEnd}provider/issuers.mjs`);
  school = await School.open();
  provider = await issuers.realIssuer({}, school.address);
  school.setProvider(provider.issuer, 'Rosehip', issuers.client.id, issuers.client.secret);
  tablet = await new TabletPage(school.address).on();
});

afterAll(async () => {
  await tablet?.close();
  provider?.close();
  await school?.close();
});

// The provider's own pages: who it is, and that the school may know.
async function atProvider(account: string): Promise<void> {
  const { page } = tablet;
  await page.waitForURL((url) => url.origin === provider.issuer);
  await page.locator('input[name=login]').fill(account);
  await page.locator('input[name=password]').fill('anything');
  const finished = page.waitForResponse(/FinishProviderSignIn$/);
  await page.locator('button[type=submit]').click();
  const goOn = page.getByRole('button', { name: 'Continue' });
  const back = page.waitForURL((url) => url.origin === new URL(school.address).origin);
  await Promise.race([goOn.click().catch(() => undefined), back]);
  await Promise.all([back, finished]);
  await page.getByText(say('signIns.back', { provider: 'Rosehip' })).waitFor({ state: 'hidden' });
  expect(await page.locator('.trouble').allTextContents()).toEqual([]);
}

describe('A school with a provider', () => {
  it('links an account once, by a code, and then knows it by itself', async () => {
    const administrator = school.holder('admin');
    const teacher = school.teacherOf(school.holder('hod', 1).org);
    await tablet.enrol(school.invite(administrator));
    await tablet.switchPerson();
    await tablet.another();
    await tablet.page.getByLabel(say('enrol.codeLabel')).fill(school.invite(teacher));
    await tablet.picture('sign-in-another');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.button('signIns.withProvider', { provider: 'Rosehip' }).click();
    await atProvider('a-teacher');
    await tablet.choosePin();
    expect(tablet.page.url()).not.toMatch(/code=|state=/);

    await tablet.switchPerson();
    await tablet.page.getByRole('button', { name: teacher.name }).click();
    await tablet.button('pin.forgotten').click();
    const byPassphrase = tablet.page
      .locator('form')
      .filter({ has: tablet.field('signIn.passphrase') });
    await tablet.field('signIn.passphrase').fill('not my passphrase');
    await byPassphrase.getByRole('button', { name: say('signIn.go') }).click();
    await byPassphrase.getByText(say('problem.passphraseNone')).waitFor();
    await tablet.picture('sign-in-again');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.button('signIns.provider', { provider: 'Rosehip' }).click();
    await atProvider('a-teacher');
    await tablet.enterPin(teacher.name);
  });

  it('has an office: who is signed in, a code as a picture, and the account of everything', async () => {
    const administrator = school.holder('admin');
    const teacher = school.teacherOf(school.holder('hod', 1).org);
    await tablet.switchPerson();
    await tablet.enterPin(administrator.name);
    await tablet.go('/office/people');
    await tablet.field('office.find').fill(teacher.name);
    await tablet.page.getByRole('link', { name: teacher.name }).click();
    await tablet.text(/^since /).waitFor();
    await tablet.button('office.inviteName', { name: teacher.name }).click();
    await tablet.page.getByRole('img', { name: say('office.qr') }).waitFor();
    await tablet.says(/^Type [A-Z2-9]{5}-[A-Z2-9]{5}, or scan:$/);
    await tablet.picture('office-invite');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.button('common.close').click();
    await tablet.page.getByRole('button', { name: /^End the sign-in on / }).click();
    await tablet.says(say('office.signedInNone', { name: teacher.name }));

    await tablet.go('/office/account');
    await tablet.says(/^It adds up: /);
    await tablet.go('/sign-ins');
    await tablet.field('signIns.new').fill('nine purple wagtails');
    await tablet.button('signIns.set').click();
    await tablet.says(say('signIns.isSet'));
  });
});

// How a tablet is worked: what a person taps and reads, by the words on the screen.

import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
  type Request,
} from 'playwright-core';
import type { MessageKey } from '../../src/words/en-gb';
import { say, type Values } from '../../src/words/say';
import { flags, pictures, sizes, stepMs, withTimeouts } from '../browser';
import { cameraFlags } from '../camera';

export const pin = '274916';

export class TabletPage {
  readonly #folder = mkdtempSync(join(tmpdir(), 'halfterm-tablet-'));
  #context: BrowserContext | null = null;
  #page: Page | null = null;
  // What a test that fails says beside the page: calls that failed, errors, calls without an answer.
  readonly #complaints: string[] = [];
  readonly #underWay = new Set<Request>();

  // Each counts from the next start on. How far this tablet's clock is off; what its camera sees, a video.
  clockMs = 0;
  camera = '';

  constructor(readonly address: string) {}

  get page(): Page {
    if (!this.#page) throw new Error('the tablet is switched off');
    return this.#page;
  }

  // Switches it on: the same storage as before, as a real tablet has.
  async on(path = ''): Promise<this> {
    const context = await chromium.launchPersistentContext(this.#folder, {
      executablePath: process.env.HALFTERM_CHROMIUM ?? '/usr/bin/chromium',
      args: [...flags, ...(this.camera === '' ? [] : cameraFlags(this.camera))],
      viewport: sizes.wide,
      hasTouch: true,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
      reducedMotion: 'reduce',
      timeout: 60_000,
    });
    this.#context = context;
    // A tablet that lies there while another one works would lock: its person has chosen an hour.
    await context.addInitScript(() => {
      if (location.protocol !== 'http:') return;
      const chosen = { lockMin: 60, lockVisitMin: 60 };
      localStorage.setItem(
        'halfterm-settings',
        localStorage.getItem('halfterm-settings') ?? JSON.stringify(chosen),
      );
    });
    if (this.clockMs !== 0) {
      await context.addInitScript((off) => {
        const RealDate = Date;
        const now = () => RealDate.now() + off;
        globalThis.Date = new Proxy(RealDate, {
          construct: (target, given) =>
            given.length === 0 ? new target(now()) : Reflect.construct(target, given),
          get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
        });
      }, this.clockMs);
    }
    this.#page = withTimeouts(context.pages()[0] ?? (await context.newPage()));
    this.#listen(this.#page);
    await this.go(path);
    return this;
  }

  async go(path: string): Promise<void> {
    await this.page.goto(`${this.address}${path ? `#${path}` : ''}`);
  }

  async network(on: boolean): Promise<void> {
    await this.#context?.setOffline(!on);
  }

  // A processor that is so many times slower.
  async slower(times: number): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: times });
  }

  // A network that brings so many bytes a second.
  async bandwidth(bytes: number): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: bytes,
      uploadThroughput: -1,
    });
  }

  // Calls of that method wait until release() is called: the server has not answered them.
  async hold(method: string): Promise<{ readonly held: Promise<void>; release: () => void }> {
    let release = () => {};
    let isHeld = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    await this.page.route(`**/halfterm.v1.${method}`, async (route) => {
      isHeld();
      await gate;
      await route.continue().catch(() => undefined);
    });
    return { held, release };
  }

  // Switched off as it should be.
  async off(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
    this.#page = null;
  }

  // The battery is pulled: no goodbye, nothing is flushed.
  async kill(): Promise<void> {
    const lock = readlinkSync(join(this.#folder, 'SingletonLock'));
    const process_ = Number(lock.slice(lock.lastIndexOf('-') + 1));
    const gone = new Promise((resolve) => this.#context?.once('close', resolve));
    process.kill(process_, 'SIGKILL');
    await gone;
    this.#context = null;
    this.#page = null;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: `${pictures}${name}.png` });
  }

  // --- Words on the screen. ---

  button(key: MessageKey, values?: Values): Locator {
    return this.page.getByRole('button', { name: say(key, values) }).first();
  }

  link(key: MessageKey, values?: Values): Locator {
    return this.page.getByRole('link', { name: say(key, values) }).first();
  }

  // A link that goes on to say of what, as "Read: feedback from ...".
  linkOf(key: MessageKey): Locator {
    return this.page.getByRole('link', { name: new RegExp(`^${say(key)}: `) }).first();
  }

  field(key: MessageKey, values?: Values): Locator {
    return this.page.getByLabel(say(key, values)).first();
  }

  text(words: string | RegExp): Locator {
    return this.page.getByText(words).first();
  }

  // What the chip of every screen says.
  get header(): Locator {
    return this.page.locator('#to-waiting');
  }

  async says(words: string | RegExp): Promise<void> {
    try {
      await this.text(words).waitFor();
    } catch (error) {
      const page = await this.page.locator('body').ariaSnapshot();
      const waiting = [...this.#underWay].map((request) => `no answer yet: ${request.url()}`);
      const told = [`not said: ${words}`, page, ...this.#complaints, ...waiting].join('\n');
      throw new Error(told, { cause: error });
    }
  }

  // Opens the page until it says so: it asks the server when it is opened, which may not be so far.
  async sees(path: string, words: string): Promise<void> {
    for (const until = Date.now() + stepMs; Date.now() < until; ) {
      await this.go('/more');
      await this.go(path);
      const seen = this.text(words).waitFor({ timeout: 3000 });
      if (await seen.then(() => true).catch(() => false)) return;
    }
    await this.says(words);
  }

  #listen(page: Page): void {
    page.on('request', (request) => this.#underWay.add(request));
    page.on('requestfinished', (request) => this.#underWay.delete(request));
    page.on('requestfailed', (request) => {
      this.#underWay.delete(request);
      this.#complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.#complaints.push(String(error)));
  }

  // --- Joining, and who is writing. ---

  async enrol(code: string): Promise<void> {
    await this.says(say('enrol.title'));
    const goOn = this.button('enrol.goOnWithout');
    if (await goOn.isVisible()) await goOn.click();
    await this.page.getByLabel(say('enrol.codeLabel')).fill(code);
    await this.button('enrol.join').click();
    await this.choosePin();
  }

  // The same with the code held in front of the camera.
  async enrolByCamera(): Promise<void> {
    await this.says(say('enrol.title'));
    const goOn = this.button('enrol.goOnWithout');
    if (await goOn.isVisible()) await goOn.click();
    await this.text(say('enrol.scan')).click();
    await this.choosePin();
  }

  // To the people of this tablet. Until that page is there, the words of "Another person" are on the
  // button that leads to it, too: "Switch from ... to another person".
  async switchPerson(): Promise<void> {
    await this.page.getByRole('button', { name: say('nav.switch') }).click();
    await this.page.getByRole('heading', { name: say('people.title') }).waitFor();
  }

  async another(): Promise<void> {
    await this.page.getByRole('button', { name: say('people.another'), exact: true }).click();
  }

  async addPerson(code: string): Promise<void> {
    await this.another();
    await this.page.getByLabel(say('enrol.codeLabel')).fill(code);
    await this.button('enrol.join').click();
    await this.choosePin();
  }

  async choosePin(): Promise<void> {
    await this.says(say('pin.new'));
    await this.type(pin);
    await this.says(say('pin.again'));
    await this.type(pin);
    await this.isOpen();
  }

  async enterPin(name: string): Promise<void> {
    await this.page.getByRole('button', { name }).first().click();
    await this.says(say('pin.enter'));
    await this.type(pin);
    await this.isOpen();
  }

  async isOpen(): Promise<void> {
    await this.page.getByRole('navigation').or(this.page.locator('.sheet')).first().waitFor();
  }

  async type(digits: string): Promise<void> {
    for (const digit of digits) await this.page.keyboard.press(digit);
  }

  // --- A visit. ---

  // The first fetch is over: this colleague can be visited.
  async knows(teacher: string): Promise<void> {
    await this.go('/visits/new');
    await this.page
      .locator('label.option')
      .first()
      .waitFor({ timeout: 2 * stepMs });
    await this.field('newVisit.findTeacher').fill(teacher);
    await this.page.locator('label.option', { hasText: teacher }).first().waitFor();
  }

  // Begins a visit now; gives its id.
  async begin(teacher: string, classCode: string): Promise<string> {
    await this.go('/visits/new');
    await this.field('newVisit.findTeacher').fill(teacher);
    await this.page.locator('label.option', { hasText: teacher }).first().click();
    await this.field('newVisit.class').fill(classCode);
    await this.button('newVisit.start').click();
    await this.page.waitForURL(/#\/visits\/[0-9a-f-]{32,36}$/);
    return this.page.url().replace(/^.*#\/visits\//, '');
  }

  // The same with colleagues who observe beside this person.
  async beginTeam(teacher: string, classCode: string, others: readonly string[]): Promise<string> {
    await this.go('/visits/new');
    await this.field('newVisit.findTeacher').fill(teacher);
    await this.page.locator('label.option', { hasText: teacher }).first().click();
    await this.page.locator('label.option', { hasText: say('kind.TEAM') }).click();
    for (const name of others) {
      await this.field('newVisit.teamFind').fill(name);
      await this.button('newVisit.teamAdd', { name }).click();
    }
    await this.field('newVisit.class').fill(classCode);
    await this.button('newVisit.start').click();
    await this.page.waitForURL(/#\/visits\/[0-9a-f-]{32,36}$/);
    return this.page.url().replace(/^.*#\/visits\//, '');
  }

  // "+ Note" itself: the header's "Undo: note" has the word in it too.
  get noteButton(): Locator {
    return this.page.locator('.composer').getByRole('button', { name: say('sheet.note') });
  }

  async note(text: string): Promise<void> {
    await this.noteButton.click();
    const field = this.page.getByLabel(say('sheet.newNote'));
    await field.fill(text);
    await field.press('Enter');
    await this.says(text);
  }

  async openElement(title: string): Promise<void> {
    await this.page.locator('button.element', { hasText: title }).click();
  }

  async rate(title: string, level: number): Promise<void> {
    await this.openElement(title);
    await this.page
      .locator('label.level')
      .nth(level - 1)
      .click();
    await this.page.locator('label.level:has(:checked)').nth(0).waitFor();
  }

  async praise(text: string): Promise<void> {
    await this.button('sheet.ownWords').click();
    await this.page.getByLabel(say('sheet.praiseField')).fill(text);
    await this.button('common.done').click();
    await this.says(text);
  }

  async submit(): Promise<void> {
    await this.button('sheet.finish').click();
    await this.page
      .locator('dialog')
      .getByRole('button', { name: say('sheet.submit') })
      .click();
  }

  // The network is there, and everything has gone up.
  async send(): Promise<void> {
    await this.network(true);
    await this.go('/waiting');
    const now = this.button('waiting.sendNow');
    if (await now.isEnabled()) await now.click({ timeout: 2000 }).catch(() => undefined);
    await this.sent();
  }

  async sent(): Promise<void> {
    await this.header.filter({ hasText: say('header.stored') }).waitFor({ timeout: 2 * stepMs });
  }
}

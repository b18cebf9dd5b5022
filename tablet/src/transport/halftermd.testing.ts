// Starts the built server with a made-up school, for tests: node's side of what a browser would call.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from '@bufbuild/protobuf';
import { AccountsAdminInviteRequestSchema, InviteReplySchema } from '#proto/account_pb';
import { OpenSessionReplySchema, OpenSessionRequestSchema } from '#proto/admin_pb';
import { concat } from '../model/bytes';

const run = promisify(execFile);
const build =
  process.env.HALFTERM_BUILD ?? new URL('../../../.build/release', import.meta.url).pathname;
export const school = 'demonstration';

// The programs are built by CMake, which is what runs these tests; alone they are passed over.
export const isBuilt =
  existsSync(join(build, 'service/halftermd')) && existsSync(join(build, 'tools/halfterm'));

export class Halftermd {
  readonly folder: string;
  readonly roster: string;
  #process: ChildProcess | null = null;
  #ports = { grpc: '127.0.0.1:0', admin: '127.0.0.1:0', http: '127.0.0.1:0' };

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'halfterm-tablet-'));
    this.roster = join(this.folder, 'school/roster');
  }

  get url(): string {
    return `http://${this.#ports.http}`;
  }
  get admin(): string {
    return this.#ports.admin;
  }

  // On the ports of the first start, so that a tablet finds it again.
  async start(): Promise<void> {
    const portsFile = join(this.folder, 'ports.json');
    rmSync(portsFile, { force: true });
    const { grpc, admin, http } = this.#ports;
    const data = join(this.folder, 'data');
    const args = [
      '--data',
      data,
      '--grpc',
      grpc,
      '--admin',
      admin,
      '--http',
      http,
      '--ports-file',
      portsFile,
    ];
    const started = spawn(join(build, 'service/halftermd'), args, {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    this.#process = started;
    for (let tries = 0; tries < 1200 && !existsSync(portsFile); ++tries) {
      if (started.exitCode !== null) throw new Error(`halftermd ended with ${started.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    this.#ports = JSON.parse(readFileSync(portsFile, 'utf8'));
  }

  async stop(): Promise<void> {
    const stopping = this.#process;
    this.#process = null;
    if (stopping === null || stopping.exitCode !== null) return;
    const gone = new Promise((resolve) => stopping.once('exit', resolve));
    stopping.kill('SIGTERM');
    await gone;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async importSchool(): Promise<void> {
    const halfterm = join(build, 'tools/halfterm');
    await run(halfterm, ['demo-school', '--out', join(this.folder, 'school')]);
    await this.halfterm('import', this.roster);
  }

  // A line of output of the command line.
  async halfterm(...args: string[]): Promise<string> {
    const { grpc, admin } = this.#ports;
    const where = ['--server', grpc, '--admin', admin, '--school', school];
    return (await run(join(build, 'tools/halfterm'), [...where, ...args])).stdout;
  }

  // A session as the administrator's tools open one.
  openSession(person: Uint8Array, device: Uint8Array) {
    return this.#call(
      '/halfterm.v1.Admin/OpenSession',
      OpenSessionRequestSchema,
      OpenSessionReplySchema,
      {
        tenant: school,
        person,
        device,
        deviceLabel: 'a test',
      },
    );
  }

  // An invitation as the administrator's tools make one.
  invite(person: Uint8Array) {
    return this.#call(
      '/halfterm.v1.AccountsAdmin/Invite',
      AccountsAdminInviteRequestSchema,
      InviteReplySchema,
      {
        tenant: school,
        invite: { person },
      },
    );
  }

  async #call<In extends DescMessage, Out extends DescMessage>(
    path: string,
    request: In,
    reply: Out,
    init: MessageInitShape<In>,
  ) {
    const body = toBinary(request, create(request, init));
    const size = new Uint8Array(5);
    new DataView(size.buffer).setUint32(1, body.length);
    const client = connectHttp2(`http://${this.#ports.admin}`);
    try {
      const stream = client.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.end(concat(size, body));
      const parts: Uint8Array[] = [];
      for await (const part of stream) parts.push(part);
      return fromBinary(reply, concat(...parts).subarray(5));
    } finally {
      client.close();
    }
  }
}

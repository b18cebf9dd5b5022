// A school's OpenID Connect provider on this machine, for tests: it knows one account at a time. For
// tests alone.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export class TestProvider {
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #server: Server;
  #asked = new URLSearchParams();
  // Who would sign in on its page.
  account = 'alice';
  issuer = '';

  private constructor() {
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(this.#answer(request.url ?? '', new URLSearchParams(body))));
    });
  }

  static async open(): Promise<TestProvider> {
    const provider = new TestProvider();
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    const { port } = provider.#server.address() as AddressInfo;
    provider.issuer = `http://127.0.0.1:${port}`;
    return provider;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  // A browser goes to its page, and somebody signs in there: what it sends back.
  visit(url: string): { readonly state: string; readonly code: string } {
    const { searchParams } = new URL(url);
    this.#asked = searchParams;
    return { state: searchParams.get('state') ?? '', code: 'a-code' };
  }

  #answer(path: string, form: URLSearchParams): unknown {
    if (path === '/.well-known/openid-configuration') {
      const { issuer } = this;
      return {
        issuer,
        authorization_endpoint: `${issuer}/page`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
      };
    }
    if (path === '/keys') {
      const key = this.#keys.publicKey.export({ format: 'jwk' });
      return { keys: [{ ...key, kid: 'k', use: 'sig' }] };
    }
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '');
    if (verifier.digest('base64url') !== this.#asked.get('code_challenge')) return {};
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: this.#asked.get('client_id'),
      sub: this.account,
      nonce: this.#asked.get('nonce'),
      iat: now,
      exp: now + 60,
    };
    const text = `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}`;
    const signature = sign('RSA-SHA256', Buffer.from(text), this.#keys.privateKey);
    return {
      access_token: 'x',
      token_type: 'Bearer',
      id_token: `${text}.${signature.toString('base64url')}`,
    };
  }
}

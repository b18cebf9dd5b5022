// Two OpenID Connect providers on the loopback: a real one (npm oidc-provider), and one that lies as it
// is told.

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const listen = (server) => new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});

export const client = {
  id: 'halfterm', secret: 'a secret with / and : and +', redirect: 'http://127.0.0.1:9/back',
};

// `emails` may change while it runs: what an account is called is not who it is. It comes back to `redirect`.
export async function realIssuer(emails, redirect = client.redirect) {
  const server = createServer();
  const port = await listen(server);
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['of this test alone'] },
    discovery: { prompt_values_supported: ['none', 'login', 'consent'] },
    findAccount: (_, id) => ({
      accountId: id, claims: () => ({ sub: id, email: emails[id], email_verified: false }) }),
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  return { issuer, close: () => { server.close(); server.closeAllConnections(); } };
}

// A person at a browser: signs in as `name` and agrees. What the provider sends back to the tablet.
export async function visit(url, name) {
  const jar = new Map();
  const step = async (address, form) => {
    const response = await fetch(address, {
      redirect: 'manual', method: form ? 'POST' : 'GET',
      headers: { cookie: [...jar].map(([key, value]) => `${key}=${value}`).join('; ') },
      ...(form && { body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [key, value] = line.split(';')[0].split(/=(.*)/s);
      if (value) jar.set(key, value); else jar.delete(key);
    }
    const next = response.headers.get('location');
    return { next: next && new URL(next, address).href, text: await response.text(), status: response.status };
  };
  let at = url;
  for (let steps = 0; steps < 12; ++steps) {
    const { next, text, status } = await step(at);
    if (next?.startsWith(client.redirect)) return Object.fromEntries(new URL(next).searchParams);
    if (next) { at = next; continue; }
    const action = /action="([^"]+)"/.exec(text)?.[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(text)?.[1];
    if (!action) throw new Error(`the provider stopped with ${status}: ${text.slice(0, 300)}`);
    const done = await step(new URL(action, at).href, { prompt, login: name, password: 'anything' });
    if (done.next?.startsWith(client.redirect)) return Object.fromEntries(new URL(done.next).searchParams);
    at = done.next;
  }
  throw new Error('the provider does not come to an end');
}

const base64 = (value) => Buffer.from(value).toString('base64url');

// Everything it says can be changed by `bend`: {discovery, header, claims, token, tokenHandler, keys}.
export async function lyingIssuer() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const me = { bend: {}, asked: [], nonce: '', challenge: '' };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    me.asked.push(request.url);
    const json = (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (request.url === '/.well-known/openid-configuration') {
      json({ issuer: me.issuer, authorization_endpoint: `${me.issuer}/auth`, token_endpoint: `${me.issuer}/token`,
        jwks_uri: `${me.issuer}/keys`, ...me.bend.discovery });
    } else if (request.url === '/keys') {
      json(me.bend.keys ?? { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }] });
    } else if (me.bend.tokenHandler) {
      me.bend.tokenHandler(request, response, new URLSearchParams(body));
    } else {
      const verifier = new URLSearchParams(body).get('code_verifier') ?? '';
      if (createHash('sha256').update(verifier).digest('base64url') !== me.challenge) {
        response.statusCode = 400;
        json({ error: 'invalid_grant' });
        return;
      }
      const now = Math.floor(Date.now() / 1000);
      const text = `${base64(JSON.stringify({ alg: 'RS256', kid: 'k1', ...me.bend.header }))}.${base64(JSON.stringify({
        iss: me.issuer, aud: client.id, sub: 'alice', nonce: me.nonce, iat: now, exp: now + 60, ...me.bend.claims }))}`;
      json({ access_token: 'x', token_type: 'Bearer',
        id_token: me.bend.token ?? `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}` });
    }
  });
  me.issuer = `http://127.0.0.1:${await listen(server)}`;
  me.close = () => { server.close(); server.closeAllConnections(); };
  // What a browser would bring to it.
  me.heard = (url) => {
    const query = new URL(url).searchParams;
    me.nonce = query.get('nonce');
    me.challenge = query.get('code_challenge');
    return query;
  };
  return me;
}

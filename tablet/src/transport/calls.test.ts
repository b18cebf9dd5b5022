import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, troubleOf } from './calls';

// Frames of gRPC-Web: an empty message; trailers that say OK.
const message = Buffer.from([0, 0, 0, 0, 0]);
const trailers = Buffer.concat([
  Buffer.from([0x80, 0, 0, 0, 15]),
  Buffer.from('grpc-status: 0\r\n').subarray(0, 15),
]);

describe('what a failed call means', () => {
  let answer = message;
  let breaks = false;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/grpc-web+proto' });
    response.write(answer, () => (breaks ? response.destroy() : response.end()));
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const troubleOfCall = () =>
    connect(url)
      .accounts.challenge({})
      .then(() => null, troubleOf);
  const troubleOfStream = async () => {
    try {
      for await (const _ of connect(url).sync.pull({}));
      return null;
    } catch (error) {
      return troubleOf(error);
    }
  };

  test('an answer with its end is one', async () => {
    answer = Buffer.concat([message, trailers]);
    breaks = false;
    expect(await troubleOfCall()).toBe(null);
    expect(await troubleOfStream()).toBe(null);
  });

  // As a proxy gives an answer that was cut off.
  test.each([
    ['after nothing', Buffer.alloc(0)],
    ['after its message', message],
    ['in its trailers', Buffer.concat([message, trailers.subarray(0, 9)])],
  ])('an answer that ends %s did not come', async (_, bytes) => {
    for (const cut of [false, true]) {
      answer = bytes;
      breaks = cut;
      expect(await troubleOfCall()).toBe('offline');
      expect(await troubleOfStream()).toBe('offline');
    }
  });

  test('no server is no answer', async () => {
    const nowhere = connect('http://127.0.0.1:1');
    await expect(nowhere.accounts.challenge({})).rejects.toSatisfy(
      (error) => troubleOf(error) === 'offline',
    );
  });

  test('what the tablet itself got wrong is not the network', () => {
    expect(troubleOf(new Error('a store that is broken'))).toBe('refused');
  });
});

// How safe the browser keeps what is on this tablet.
import type { Storage } from './contract';

// A browser that did not promise to keep its storage clears it after so long without a visit.
const clearedAfterMs = 7 * 86_400_000;
const megabyte = 2 ** 20;

export const isInstalled = (): boolean =>
  typeof matchMedia === 'function' && matchMedia('(display-mode: standalone)').matches;

export async function keeping(
  nowMs: number,
  appVersion: string,
  coreSha256: string,
): Promise<Storage> {
  const storage = typeof navigator === 'undefined' ? undefined : navigator.storage;
  const persistent = (await storage?.persisted?.().catch(() => null)) ?? null;
  const estimate = (await storage?.estimate?.().catch(() => null)) ?? null;
  const megabytes = (bytes: number | undefined) =>
    bytes === undefined ? null : Math.round(bytes / megabyte);
  const { usage, quota } = estimate ?? {};
  return {
    installed: isInstalled(),
    persistent,
    openByMs: persistent === true ? null : nowMs + clearedAfterMs,
    usedMb: megabytes(usage),
    leftMb: usage === undefined || quota === undefined ? null : megabytes(quota - usage),
    appVersion,
    coreHash: coreSha256.slice(0, 12),
  };
}

export async function askToPersist(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}

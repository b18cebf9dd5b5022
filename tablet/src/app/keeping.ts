// How safe the browser keeps what is on this tablet.
import type { Storage } from './contract';
import { openByMs } from './unattended';

const megabyte = 2 ** 20;

export const isInstalled = (): boolean =>
  typeof matchMedia === 'function' && matchMedia('(display-mode: standalone)').matches;

// `touchedMs`: when somebody last touched the screen.
export async function keeping(
  touchedMs: number,
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
  const installed = isInstalled();
  return {
    installed,
    persistent,
    openByMs: openByMs({ installed, persistent }, touchedMs, nowMs),
    usedMb: megabytes(usage),
    leftMb: usage === undefined || quota === undefined ? null : megabytes(quota - usage),
    appVersion,
    coreHash: coreSha256.slice(0, 12),
  };
}

export async function askToPersist(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}

// Builds the parts of the app and joins them; only here are the real clock, the real chance and the
// network known.

import { registerSW } from 'virtual:pwa-register';
import { createRoot } from 'react-dom/client';
import coreUrl from '#core/core.wasm?url';
import { coreSha256 } from '#core/pin';
import { Core } from '../core/core';
import { startApp } from './app/app';
import { TabletDatabase } from './store/database';
import { connect } from './transport/calls';
import { Screens } from './views/screens';

// Chromium's own question whether to put the app on the Home Screen; other browsers have none.
interface InstallQuestion extends Event {
  readonly prompt: () => Promise<{ readonly outcome: string }>;
}
let installQuestion: InstallQuestion | null = null;
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  installQuestion = event as InstallQuestion;
});

async function install(): Promise<boolean> {
  const answer = await installQuestion?.prompt();
  return answer?.outcome === 'accepted';
}

async function loadCore(): Promise<Core> {
  const module = new Uint8Array(await (await fetch(coreUrl)).arrayBuffer());
  return Core.load(module, coreSha256);
}

async function start(root: HTMLElement) {
  let reload = () => location.reload();
  const running = await startApp({
    core: loadCore(),
    coreSha256,
    database: new TabletDatabase(),
    calls: connect(location.origin),
    app: __APP_VERSION__,
    nowMs: () => Date.now(),
    monoMs: () => performance.now(),
    random: (size) => crypto.getRandomValues(new Uint8Array(size)),
    jitter: Math.random,
    install,
    reload: () => reload(),
    address: () => `${location.origin}${location.pathname}`,
  });
  const update = registerSW({ onNeedRefresh: running.newerApp });
  reload = () => void update(true);
  addEventListener('online', running.wake);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') running.wake();
  });
  createRoot(root).render(<Screens app={running.app} />);
}

const root = document.getElementById('root');
if (root !== null) void start(root);

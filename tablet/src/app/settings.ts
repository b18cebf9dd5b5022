// How the screen looks and when it locks: the tablet's, not a person's, and no secret.
import type { Settings } from './contract';

export const defaultSettings: Settings = {
  theme: 'system',
  textSize: 100,
  hand: 'right',
  keep: 'recent',
  keys: true,
  lockVisitMin: 5,
  lockMin: 2,
};

const settingsName = 'halfterm-settings';

export function readSettings(): Settings {
  if (typeof localStorage === 'undefined') return defaultSettings;
  try {
    const read: unknown = JSON.parse(localStorage.getItem(settingsName) ?? '{}');
    return typeof read === 'object' && read !== null
      ? { ...defaultSettings, ...read }
      : defaultSettings;
  } catch {
    return defaultSettings;
  }
}

export function writeSettings(settings: Settings): void {
  if (typeof localStorage !== 'undefined')
    localStorage.setItem(settingsName, JSON.stringify(settings));
}

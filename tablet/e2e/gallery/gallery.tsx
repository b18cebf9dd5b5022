// Draws the real screens over a scripted app: ?scene=busy#/today

import { createRoot } from 'react-dom/client';
import { Screens } from '../../src/views/screens';
import { type Scene, scriptedApp } from './scripted-app';

const scenes: readonly Scene[] = [
  'busy',
  'large',
  'empty',
  'offline',
  'people',
  'unenrolled',
  'locked',
  'trouble',
];
const asked = new URLSearchParams(location.search).get('scene');
const scene = scenes.find((one) => one === asked) ?? 'busy';
const root = document.getElementById('root');
if (root) createRoot(root).render(<Screens app={scriptedApp(scene)} />);

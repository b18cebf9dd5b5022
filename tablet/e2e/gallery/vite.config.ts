// Builds the gallery of screens, for tests alone: nothing of it is in the app.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react()],
  build: { target: 'es2022', outDir: '../../.gallery', emptyOutDir: true },
});

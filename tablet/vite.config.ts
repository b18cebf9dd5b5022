// How the app is built: one page, its merge core beside it, and a service worker that keeps both so
// that every screen opens with no signal. A new version waits until the person agrees to it: never
// under an open sheet.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import app from './package.json' with { type: 'json' };

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [
    react(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: false,
      includeAssets: ['icon.svg', 'icon-192.png'],
      manifest: {
        name: 'Halfterm',
        short_name: 'Halfterm',
        description: 'Lesson observations, recorded with no signal.',
        lang: 'en-GB',
        start_url: '/',
        display: 'standalone',
        background_color: '#FAF8F4',
        theme_color: '#1B5A6A',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
          { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,png,wasm,woff2}'],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
        navigateFallback: '/index.html',
        // Calls of the services are never answered by a page.
        navigateFallbackDenylist: [/^\/halfterm\./],
      },
    }),
  ],
  define: { __APP_VERSION__: JSON.stringify(app.version) },
  resolve: {
    alias: {
      '#proto': here('.generated/halfterm/v1'),
      '#disk': here('.generated/halfterm/disk'),
      '#core': here('.generated/core'),
    },
  },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
  server: {
    port: 7481,
    // `npm run dev` beside a running halftermd: the services are its own.
    proxy: { '^/halfterm\\..*': 'http://127.0.0.1:7480' },
  },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'core/**/*.test.ts', 'packages.test.ts'],
    // Some work with the built server: how long that takes on a busy machine is no claim of theirs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

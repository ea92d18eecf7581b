import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { compressed } from './build/compressed.ts';
import { styleSeams } from './build/styleSeams.ts';
import { themeFile } from './build/themeFile.ts';

const server = process.env.UPKEEP_SERVER ?? 'http://127.0.0.1:8080';
const token = process.env.UPKEEP_TOKEN;

// For whoever works on the console beside a running server: `UPKEEP_TOKEN=upt_… npm run preview`.
const toServer = {
  target: server,
  ws: true,
  changeOrigin: true,
  ...(token ? { headers: { Authorization: `Bearer ${token}` } } : {}),
};
const proxy = { '/graphql': toServer, '/console': toServer, '/packages': toServer };

export default defineConfig({
  plugins: [react(), themeFile(), styleSeams(), compressed()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    cssMinify: 'lightningcss',
    reportCompressedSize: false,
  },
  preview: { proxy, port: 4173 },
  server: { proxy },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'build/**/*.test.ts'] },
});

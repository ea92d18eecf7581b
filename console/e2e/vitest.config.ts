// The stories: the real server, its demo's world, Debian's Chromium, one after the other.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: [process.env.SPEED ? '**/*.speed.ts' : '**/*.story.ts'],
    globalSetup: ['kit/worlds.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

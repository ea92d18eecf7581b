// The policy `style-src 'self'` forbids `<style>` elements, and Trusted Types forbid what React would fill them with.
// Two libraries make such elements; both go through constructed sheets instead, which no policy forbids.
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const SEAMS = [
  { from: /\/InlineStyles\/InlineStyles\.mjs$/, by: /@mantine\/core/, to: here('../src/kit/style/InlineStyles.ts') },
  { from: /^react-style-singleton$/, by: /./, to: here('../src/kit/style/styleSingleton.ts') },
];

/** Fails the build when a library has moved what is replaced: an update cannot undo a seam unseen. */
export function styleSeams(): Plugin {
  const met = new Set<string>();
  return {
    name: 'upkeep:style-seams',
    enforce: 'pre',
    apply: 'build',
    resolveId(source, importer) {
      const seam = SEAMS.find(({ from, by }) => from.test(source) && importer && by.test(importer));
      if (!seam) return null;
      met.add(seam.to);
      return seam.to;
    },
    buildEnd(error) {
      const missed = SEAMS.filter(({ to }) => !met.has(to));
      if (!error && missed.length > 0) {
        this.error(`nothing imports what these replace any more: ${missed.map(({ from }) => from).join(', ')}`);
      }
    },
  };
}

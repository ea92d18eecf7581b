// The theme's variables as a style sheet: Mantine writes them into a `<style>` element, which the policy forbids.
import { convertCssVariables, DEFAULT_THEME, em, mergeMantineTheme, px } from '@mantine/core';
import type { Plugin } from 'vite';
import { theme, variables } from '../src/kit/theme/theme.ts';

const NAME = 'virtual:theme.css';

export function themeFile(): Plugin {
  return {
    name: 'upkeep:theme-file',
    resolveId(source) {
      return source === NAME ? `\0${NAME}` : null;
    },
    load(id) {
      if (id !== `\0${NAME}`) return null;
      const merged = mergeMantineTheme(DEFAULT_THEME, theme);
      const schemes = convertCssVariables({ variables: {}, dark: { '--mantine-color-scheme': 'dark' }, light: { '--mantine-color-scheme': 'light' } }, ':root');
      return [convertCssVariables(variables(merged), ':root'), schemes, visibility(merged.breakpoints)].join('\n');
    },
  };
}

/** The rules behind `visibleFrom` and `hiddenFrom`. */
function visibility(breakpoints: Record<string, string>): string {
  return Object.entries(breakpoints)
    .map(([name, width]) => {
      const from = px(width) as number;
      return `@media (max-width: ${em(from - 0.1)}) {.mantine-visible-from-${name} {display: none !important;}}
@media (min-width: ${em(from)}) {.mantine-hidden-from-${name} {display: none !important;}}`;
    })
    .join('\n');
}

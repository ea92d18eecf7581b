// Our look on Mantine's components. The build writes its variables into a style sheet (build/themeFile.ts), so nothing here may need a browser.
import { type CSSVariablesResolver, createTheme, defaultCssVariablesResolver } from '@mantine/core';

/** Where dialogs, menus and lists open: inside the page's landmark, so that no content stands outside one. */
const OVERLAYS = '#overlays';

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 5 },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'sm',
  // Where black and white are equally readable: every filled variant passes.
  autoContrast: true,
  luminanceThreshold: 0.179,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Autocomplete: { defaultProps: { size: 'xs' } },
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    // The choices of a filter that nobody opens are not painted: a list of filters is part of each way to a page.
    Combobox: { defaultProps: { keepMounted: false } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Loader: { defaultProps: { role: 'status', 'aria-label': 'Loading' } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    NumberInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Portal: { defaultProps: { target: OVERLAYS } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

/** Colours of text on the page and on a light ground of the same hue that pass WCAG 2.2 AA; Mantine's own do not. */
const READABLE = {
  light: { red: '#b02525', orange: '#a33a06', yellow: '#7a5200', green: '#1f6b2e', blue: '#145aa0', gray: '#4a5157', violet: '#5f3dc4', teal: '#0b6351' },
  dark: { red: '#ffa8a8', orange: '#ffc078', yellow: '#ffe066', green: '#8ce99a', blue: '#74c0fc', gray: '#c9c9c9', violet: '#b197fc', teal: '#63e6be' },
};

function readable(scheme: keyof typeof READABLE): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [hue, colour] of Object.entries(READABLE[scheme])) {
    variables[`--mantine-color-${hue}-text`] = colour;
    variables[`--mantine-color-${hue}-light-color`] = colour;
    variables[`--mantine-color-${hue}-outline`] = colour;
  }
  return variables;
}

export const variables: CSSVariablesResolver = (merged) => {
  const ready = defaultCssVariablesResolver(merged);
  return {
    variables: { ...ready.variables },
    light: {
      ...ready.light,
      ...readable('light'),
      '--mantine-color-body': '#ffffff',
      '--mantine-color-text': '#16191d',
      '--mantine-color-dimmed': '#5c636a',
      '--mantine-color-placeholder': '#646b72',
      '--mantine-color-error': READABLE.light.red,
      '--mantine-color-anchor': READABLE.light.blue,
      // Under the pointer a filled button becomes lighter: its label is black in both themes.
      '--mantine-color-blue-filled-hover': 'var(--mantine-color-blue-6)',
      '--upkeep-ground': '#f6f7f8',
      '--upkeep-line': '#dfe3e6',
      '--upkeep-hover': '#eef2f5',
      '--upkeep-chosen': '#e3effa',
    },
    dark: {
      ...ready.dark,
      ...readable('dark'),
      '--mantine-color-body': '#1b1d20',
      '--mantine-color-text': '#e6e8ea',
      '--mantine-color-dimmed': '#a9adb1',
      '--mantine-color-placeholder': '#a0a5aa',
      '--mantine-color-error': READABLE.dark.red,
      '--mantine-color-anchor': READABLE.dark.blue,
      '--upkeep-ground': '#141618',
      '--upkeep-line': '#33383d',
      '--upkeep-hover': '#24282c',
      '--upkeep-chosen': '#1d3347',
    },
  };
};

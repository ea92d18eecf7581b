// In the place of Mantine's `InlineStyles`, by the build (build/styleSeams.ts).
import { type InlineStylesInput, stylesToString } from '@mantine/core';
import { useInsertionEffect } from 'react';
import { adopt } from './adopt.ts';

export function InlineStyles(props: InlineStylesInput): null {
  const css = stylesToString(props);
  useInsertionEffect(() => adopt(css), [css]);
  return null;
}

import '@fontsource-variable/inter';
import './kit/theme/mantine.ts';
import 'virtual:theme.css';
import './kit/theme/base.css';
import { MantineProvider } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { theme, variables } from './kit/theme/theme.ts';
import { router } from './router.ts';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} withCssVariables={false} withGlobalClasses={false} defaultColorScheme="auto">
      <RouterProvider router={router} />
    </MantineProvider>
  </StrictMode>,
);

// What was done, said once at the edge of the page, with what can be done about it.
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

/** Long enough to be read, and to be undone, in milliseconds. */
const SHOWN = 10_000;

export function tell(title: string, what?: ReactNode) {
  notifications.show({ title, message: what, withBorder: true, autoClose: SHOWN, closeButtonProps: { 'aria-label': 'Close' } });
}

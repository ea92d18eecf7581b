// What was done, said once at the edge of the page, with what can be done about it.
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

export function tell(title: string, what?: ReactNode) {
  notifications.show({ title, message: what, withBorder: true, closeButtonProps: { 'aria-label': 'Close' } });
}

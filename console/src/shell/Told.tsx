import { Notifications } from '@mantine/notifications';
import css from './Told.module.css';

/** What was done is said in a place of its own: it covers nothing. The library has one for each corner, and fills one. */
export function Told() {
  return (
    <Notifications position="bottom-left" withinPortal={false} containerWidth="100%" notificationMaxHeight="20rem" classNames={{ root: css.told ?? '' }} />
  );
}

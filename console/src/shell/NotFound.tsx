import { Link } from '@tanstack/react-router';
import { Empty } from '~/kit/state/PageBody.tsx';

export function NotFound() {
  return (
    <Empty isPage title="There is no such page" action={<Link to="/">Go to the overview</Link>}>
      The address may be mistyped, or of another version of the console.
    </Empty>
  );
}

import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';

export const computerStateFragment = graphql(`
  fragment ComputerState on Computer { isRemoved isExcludedFromMaintenance onboarding tenant { isRemoved } }
`);

/** What is said of a computer as a managed one: the strongest of what holds. */
export function ComputerState({ computer }: { computer: FragmentOf<typeof computerStateFragment> }) {
  const { isRemoved, isExcludedFromMaintenance, onboarding, tenant } = readFragment(computerStateFragment, computer);
  if (isRemoved) return <Mark>Removed</Mark>;
  if (tenant?.isRemoved) return <Mark>Tenant removed</Mark>;
  if (isExcludedFromMaintenance) return <Mark tone="warn">Excluded</Mark>;
  if (onboarding === 'NEEDS_ONBOARDING') return <Mark tone="warn">Needs onboarding</Mark>;
  return <Mark>Managed</Mark>;
}

export function ComputerOnboarding({ computer }: { computer: FragmentOf<typeof computerStateFragment> }) {
  return sentence(readFragment(computerStateFragment, computer).onboarding);
}

export const computerSeenFragment = graphql(`fragment ComputerSeen on Computer { isOnline lastSeenAt }`);

export function ComputerSeen({ computer }: { computer: FragmentOf<typeof computerSeenFragment> }) {
  const { isOnline, lastSeenAt } = readFragment(computerSeenFragment, computer);
  return isOnline ? <Mark tone="good">Online</Mark> : <Moment at={lastSeenAt} />;
}

export function ComputerOnline({ computer }: { computer: FragmentOf<typeof computerSeenFragment> }) {
  return readFragment(computerSeenFragment, computer).isOnline ? 'Online' : 'Offline';
}

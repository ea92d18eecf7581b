import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { actedFragment } from '../acted.ts';
import { ComputerActions } from '../actions.tsx';
import css from './ComputerHead.module.css';

export const headFragment = graphql(
  `
  fragment ComputerHead on Computer {
    name computerClass isOnline lastSeenAt onboarding isRemoved isExcludedFromMaintenance tags
    tenant { uuid name isRemoved }
    primaryPerson { uuid name }
    inventory { operatingSystem { name version } }
    ...ActedComputer
  }
`,
  [actedFragment],
);

/** What it is, whose, in which state, and what can be done with it. */
export function ComputerHead({ computer: masked }: { computer: FragmentOf<typeof headFragment> }) {
  const computer = readFragment(headFragment, masked);
  const { name, computerClass, isOnline, lastSeenAt, onboarding, isRemoved, isExcludedFromMaintenance, tags, tenant, primaryPerson, inventory } = computer;
  return (
    <header className="stack">
      <div className="bar">
        <h1>{name}</h1>
        {isOnline ? <Mark tone="good">Online</Mark> : <Mark>Offline</Mark>}
        {isRemoved && <Mark tone="bad">Removed</Mark>}
        {tenant?.isRemoved && <Mark tone="bad">Its tenant was removed</Mark>}
        {isExcludedFromMaintenance && <Mark tone="warn">Excluded from maintenance</Mark>}
        {onboarding === 'NEEDS_ONBOARDING' && <Mark tone="warn">Needs onboarding</Mark>}
        <span className="grow" />
        <div className="bar">
          <ComputerActions computer={computer} />
        </div>
      </div>
      <div className={css.facts}>
        <span>
          {sentence(computerClass)}
          {inventory && `, ${inventory.operatingSystem.name} ${inventory.operatingSystem.version}`}
        </span>
        <span>
          {tenant ? (
            <>
              of <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>
            </>
          ) : (
            'of a tenant that you may not see'
          )}
        </span>
        <span>
          {primaryPerson ? (
            <>
              used by <PathLink to={`/people/${primaryPerson.uuid}`}>{primaryPerson.name}</PathLink>
            </>
          ) : (
            <span className="dimmed">nobody’s</span>
          )}
        </span>
        {!isOnline && (
          <span>
            last seen <Moment at={lastSeenAt} />
          </span>
        )}
        {tags.map((tag) => (
          <PathLink key={tag} to="/computers" search={{ tag }}>
            <span className="mark">{tag}</span>
          </PathLink>
        ))}
      </div>
    </header>
  );
}

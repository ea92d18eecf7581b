// With what a new deployment begins.
import type { TargetFilter } from '../kinds.ts';
import { type Chosen, type Draft, EMPTY, type Item, ofItem } from './draft.ts';

interface Given {
  /** Another deployment that it is like. */
  like?: Draft | undefined;
  item?: Item | undefined;
  /** What the item can be wanted to be, if not as usual. */
  state?: Draft['desired'] | undefined;
  tenant?: Chosen | undefined;
  computer?: Chosen | undefined;
  person?: Chosen | undefined;
  /** Which kind of computers. */
  filter?: TargetFilter | undefined;
}

export function startOf({ like, item, state, tenant, computer, person, filter }: Given): Draft {
  // What somebody here makes is local, whatever it is like.
  const begun: Draft = {
    ...EMPTY,
    ...like,
    origin: 'LOCAL',
    ...(item && item.id !== like?.item?.id ? ofItem(item) : {}),
    ...(state ? { desired: state } : {}),
    ...(filter ? { filter } : {}),
  };
  const exception = like ? ONLY_THERE : {};
  if (computer) return { ...begun, ...exception, scope: 'computer', computer };
  if (person) return { ...begun, ...exception, scope: 'person', person };
  if (tenant) return { ...begun, ...exception, scope: 'tenant', tenant };
  return begun;
}

/** An exception leaves alone (schema.graphql, DesiredStateKind.IGNORED), everywhere in the place that was named. */
const ONLY_THERE: Partial<Draft> = {
  desired: 'IGNORED',
  membership: 'ALL_COMPUTERS',
  filter: 'ALL_COMPUTERS',
  enforcement: 'REQUIRED',
  includesChildren: false,
};

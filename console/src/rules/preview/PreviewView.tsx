// What would change: how many computers and which, from what to what, by kind, by tenant.
import { Loader } from '@mantine/core';
import { Errors } from '~/kit/action/Errors.tsx';
import type { UserError } from '~/kit/api/useChange.ts';
import { Stale } from '~/kit/state/PageBody.tsx';
import { plural } from '~/kit/text/words.ts';
import { BroughtRows } from './BroughtRows.tsx';
import { ChangeRows } from './ChangeRows.tsx';
import css from './preview.module.css';
import type { Looking } from './useLooking.ts';
import type { ChangeKind, Difference, Previewed } from './usePreview.ts';

interface Props {
  previewed: Previewed;
  looking: Looking;
  /** Errors that stand beside their fields. */
  isBeside?: (error: UserError) => boolean;
}

export function PreviewView({ previewed, looking, isBeside = () => false }: Props) {
  const { preview, failure, position, again, isCurrent, isReading, isCreation } = previewed;
  const errors = preview?.userErrors.filter((error) => !isBeside(error)) ?? [];
  const difference = preview?.difference;
  return (
    <div className={css.preview} data-old={!isCurrent && preview !== undefined} aria-busy={isReading}>
      {failure && <Stale failure={failure} position={position} again={again} />}
      {errors.length > 0 && <Errors outcome={{ kind: 'refused', errors, payload: undefined }} />}
      {preview && !difference && <p className={css.line}>The server would refuse this as it is.</p>}
      {difference && <Changes difference={difference} looking={looking} isCreation={isCreation} />}
      {!preview && !failure && <Loader size="xs" aria-label="Reckoning what would change" />}
      {position && <p className="dimmed small">As of position {position}; nothing is saved yet.</p>}
    </div>
  );
}

/** What follows "1" and what follows "12". */
const KINDS: Record<ChangeKind, [one: string, many: string]> = {
  GAINED: ['gains a rule', 'gain a rule'],
  LOST: ['loses its rule', 'lose their rule'],
  STATE_CHANGED: ['gets another state', 'get another state'],
  WINNER_CHANGED: ['gets another rule for the same state', 'get another rule for the same state'],
};

function wordsOf({ kind, itemCount }: Difference['byKind'][number]): string {
  const [one, many] = KINDS[kind];
  return `${itemCount.toLocaleString('en')} ${itemCount === 1 ? one : many}`;
}

interface ChangesProps {
  difference: Difference;
  looking: Looking;
  isCreation: boolean;
}

function Changes({ difference, looking, isCreation }: ChangesProps) {
  const { computerCount, itemCount, byKind, byTenant, changes, broughtAlong } = difference;
  if (itemCount === 0) {
    return <p className={css.line}>Nothing changes now: everywhere the same deployments win and want the same.</p>;
  }
  const { view, choose, cursors } = looking;
  return (
    <>
      <p className={css.line}>
        {computerCount > 0 ? (
          <>
            <strong>{plural(computerCount, 'computer')}</strong> would change
            {itemCount !== computerCount && `, in ${plural(itemCount, 'item')}`}
          </>
        ) : (
          `${plural(itemCount, 'tenant')} would change`
        )}
        {byKind.length === 1 && byKind[0] ? `: ${wordsOf(byKind[0])}.` : '.'}
      </p>
      <Choices
        label="In which way"
        options={byKind.map((count) => ({ value: count.kind, words: wordsOf(count) }))}
        chosen={view.kind}
        choose={(kind) => choose({ kind })}
      />
      <Choices
        label="At which tenant"
        // A cloud task is an item of the tenant itself, and of no computer.
        options={byTenant.nodes.flatMap(({ tenant, computerCount, itemCount }) =>
          tenant ? [{ value: tenant.uuid, words: `${tenant.name} ${(computerCount || itemCount).toLocaleString('en')}` }] : [],
        )}
        chosen={view.tenantId}
        choose={(tenantId) => choose({ tenantId })}
        more={(byTenant.totalCount ?? 0) - byTenant.nodes.length}
      />
      <BroughtRows brought={broughtAlong} />
      <ChangeRows changes={changes} size={view.first} cursors={cursors} isCreation={isCreation} />
    </>
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  options: readonly { value: T; words: string }[];
  chosen: T | undefined;
  choose: (value: T | undefined) => void;
  /** How many are not among the options. */
  more?: number;
}

/** Where there are several: a count each, and a filter: pressed again it is taken away, also when its option has gone. */
function Choices<T extends string>({ label, options, chosen, choose, more = 0 }: ChoicesProps<T>) {
  if (options.length < 2 && chosen === undefined) return null;
  return (
    <div className={css.choices}>
      <span className="dimmed small">{label}:</span>
      {options.map(({ value, words }) => (
        <button key={value} type="button" className={css.choice} aria-pressed={value === chosen} onClick={() => choose(value === chosen ? undefined : value)}>
          {words}
        </button>
      ))}
      {more > 0 && <span className="dimmed small">and {plural(more, 'other')}</span>}
      {chosen !== undefined && (
        <button type="button" className={css.choice} onClick={() => choose(undefined)}>
          All
        </button>
      )}
    </div>
  );
}

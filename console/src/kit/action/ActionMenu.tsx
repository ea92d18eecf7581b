// Several things that can be done, in one menu. What cannot be done stands there with its reason, each reason once; where nothing can, the
// reasons stand in the place of the menu. In the past that is one reason for all.
import { Button, Menu } from '@mantine/core';
import { useMoment } from '../live/moment.ts';
import { PAST, type Possibility } from './Action.tsx';
import { Refusals, useGathered } from './Refusals.tsx';
import { byReason, type Refusal, refusalOf } from './refusal.ts';

export interface MenuAction {
  label: string;
  choose: () => void;
  may?: Possibility | undefined;
  isDangerous?: boolean;
}

interface Props {
  label: string;
  actions: readonly MenuAction[];
  /** What it is about, where several stand in a list. */
  of?: string;
  /** Whether it stands in each row of a list: there nothing is shown where nothing can be done, since the page has said why. */
  isInRow?: boolean;
}

export function ActionMenu({ label, actions, of, isInRow = false }: Props) {
  const isPast = useMoment() !== undefined;
  const refusals = isPast ? [{ label, reason: PAST }] : actions.flatMap(refused);
  const possible = isPast ? [] : actions.filter(({ may }) => refusalOf(may) === undefined && !may?.isAwaited);
  const isNone = possible.length === 0;
  const isGathered = useGathered(isNone && !isInRow ? refusals : []);
  if (isNone && isInRow) return null;
  if (isNone) return isGathered ? null : <Refusals of={refusals} />;
  return (
    <Menu position="bottom-end" width="max-content">
      <Menu.Target>
        <Button rightSection={<span aria-hidden>▾</span>} {...(of ? { 'aria-label': `${label} ${of}` } : {})} {...(isInRow ? { size: 'compact-xs' } : {})}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown maw={360}>
        {possible.map(({ label, choose, isDangerous }) => (
          <Menu.Item key={label} onClick={choose} c={isDangerous ? 'var(--mantine-color-error)' : undefined}>
            {label}
          </Menu.Item>
        ))}
        {byReason(refusals).map(({ reason, labels }) => (
          <Menu.Label key={reason} fw="normal">
            <span aria-hidden>⊘</span> {labels.join(', ')}: {reason}
          </Menu.Label>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function refused({ label, may }: MenuAction): Refusal[] {
  const reason = refusalOf(may);
  return reason ? [{ label, reason }] : [];
}

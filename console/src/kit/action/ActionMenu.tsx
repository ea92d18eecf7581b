// Several things that can be done, in one menu. What cannot be done stands there with its reason; in the past that is one reason for all.
import { Button, Menu } from '@mantine/core';
import { useMoment } from '../live/moment.ts';
import { PAST, type Possibility } from './Action.tsx';
import css from './action.module.css';

export interface MenuAction {
  label: string;
  choose: () => void;
  may?: Possibility | undefined;
  isDangerous?: boolean;
}

export function ActionMenu({ label, actions }: { label: string; actions: readonly MenuAction[] }) {
  const isPast = useMoment() !== undefined;
  if (isPast) {
    return (
      <span className={css.refused}>
        <span aria-hidden>⊘</span> {label}: <span className={css.reason}>{PAST}</span>
      </span>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button rightSection={<span aria-hidden>▾</span>}>{label}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, choose, may, isDangerous }) =>
          may && !may.isAllowed ? (
            <Menu.Label key={label}>
              <span aria-hidden>⊘</span> {label}: {may.reason ?? 'You may not do this.'}
            </Menu.Label>
          ) : (
            <Menu.Item key={label} onClick={choose} c={isDangerous ? 'var(--mantine-color-error)' : undefined}>
              {label}
            </Menu.Item>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

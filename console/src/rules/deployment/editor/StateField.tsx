// Which state is wanted of the item. A task takes the modes that its scripts serve: why not the others is said.
import { Select } from '@mantine/core';
import { MODE_WORDS, MODES, type Mode, whyNotServed } from '~/catalogue/task/mode.ts';
import { FieldError } from '~/kit/action/Errors.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { capital } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { meansOf, STATES } from '../kinds.ts';
import { fitted, statesOf } from './draft.ts';
import type { FieldsProps } from './fields.ts';
import { mistakeIn } from './mistakes.ts';
import { useIsAsked } from './useIsAsked.ts';

const modesQuery = graphql(`
  query ModesToChoose($id: ID!, $asOf: AsOfInput) {
    task(id: $id, asOf: $asOf) { modes scripts { role } }
  }
`);

export function StateField({ draft, change, errors }: Omit<FieldsProps, 'isNew'>) {
  const { item, desired } = fitted(draft);
  const refused = useRefused(item?.kind === 'task' ? item.id : undefined);
  const isAsked = useIsAsked(item?.kind === 'software' ? item.id : undefined);
  const wrong = mistakeIn(errors, 'desired');
  return (
    <>
      <Select
        label="State"
        description={meansOf(desired, isAsked)}
        data={statesOf(item?.kind).map((value) => ({ value, label: STATES[value].name, disabled: refused.has(value) }))}
        value={desired}
        onChange={(chosen) => chosen && change({ desired: chosen })}
        allowDeselect={false}
        error={wrong && <FieldError error={wrong} />}
      />
      {item && refused.size > 0 && (
        <p className="dimmed small">
          {[...refused.values()].join(' ')} <PathLink to={`/tasks/${item.id}`}>Its scripts</PathLink>
        </p>
      )}
    </>
  );
}

/** The modes that a task cannot serve, each with the reason; none while that is not known, and of what is no task. */
function useRefused(taskId: string | undefined): ReadonlyMap<string, string> {
  const { data } = usePage(modesQuery, { id: taskId ?? '' }, { concerns: ['TASK'], pause: taskId === undefined });
  const task = taskId === undefined ? undefined : data?.task;
  const why = (mode: Mode): [string, string][] => {
    const reason = task && whyNotServed(mode, task);
    return reason ? [[mode, `${capital(`it cannot be ${MODE_WORDS[mode].done}`)}: ${reason}.`]] : [];
  };
  return new Map(MODES.flatMap(why));
}

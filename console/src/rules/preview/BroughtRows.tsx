import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import type { Brought } from './brought.ts';
import css from './preview.module.css';

/** Rows that are shown; the others are counted. */
const SHOWN = 12;

/** What comes besides, because of prerequisites, and what stands against it. */
export function BroughtRows({ brought }: { brought: readonly Brought[] }) {
  if (brought.length === 0) return null;
  const more = brought.length - SHOWN;
  return (
    <>
      <p className={css.line}>Prerequisites may bring along, where it is not there as it should be already:</p>
      <ul className={`text ${css.brought}`}>
        {brought.slice(0, SHOWN).map((one) => (
          <li key={`${one.prerequisite?.uuid} ${one.software?.uuid}`}>
            <BroughtRow of={one} />
          </li>
        ))}
        {more > 0 && <li className="dimmed">and {plural(more, 'other')}</li>}
      </ul>
    </>
  );
}

function BroughtRow({ of: { goal, obstacle, isConditional, computerCount, software, prerequisite } }: { of: Brought }) {
  const needing = prerequisite?.software && (
    <PathLink to={`/software/${prerequisite.software.uuid}`} search={{ tab: 'prerequisites' }}>
      {prerequisite.software.name}
    </PathLink>
  );
  const where = `on ${plural(computerCount, 'computer')}${isConditional ? ' at most, as its condition says' : ''}`;
  if (obstacle) {
    return (
      <>
        <Mark tone="bad">Would fail</Mark> {needing}: {obstacle} <span className="dimmed">{where}</span>
      </>
    );
  }
  return (
    <>
      {software && <ItemLink of={{ software }} />}: {goal}{' '}
      <span className="dimmed">
        {where}
        {needing && <>, because {needing} needs that first</>}
      </span>
    </>
  );
}

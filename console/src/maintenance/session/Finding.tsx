import { shortly } from '~/kit/json/shortly.ts';
import { Value } from '~/kit/json/Value.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { type Found, findingOf } from './finding.ts';

interface Props {
  of: Found;
  /** What was collected, where the action collected a value. */
  value: unknown;
  /** Whether there is room for a few letters alone, and the whole value is a link away. */
  isBrief?: boolean;
}

const FEW_LETTERS = 28;

/** What an action last found on its computer, in words: a version, whether it is as it should be, a value. */
export function Finding({ of, value, isBrief = false }: Props) {
  const finding = findingOf(of);
  switch (finding.kind) {
    case 'version':
      return (
        <>
          <span className="mono">{finding.version}</span> {finding.isBroken && <Mark tone="bad">Broken</Mark>}
        </>
      );
    case 'value':
      return isBrief ? <span className="mono break">{shortly(value, FEW_LETTERS)}</span> : <Value value={value} />;
    case 'asItShouldBe':
      return <Mark tone="good">As it should be</Mark>;
    case 'differs':
      return <Mark tone="bad">Differs</Mark>;
    case 'absent':
      return 'Not there';
    case 'unclear':
      return <span className="dimmed">Not known</span>;
  }
}

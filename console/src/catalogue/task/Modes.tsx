import { Mark } from '~/kit/text/Mark.tsx';
import { MODE_WORDS, MODES, type Served, whyNotServed } from './mode.ts';

/** In which modes a task can be wanted, and why not in the others. */
export function Modes({ of }: { of: Served }) {
  return (
    <ul className="plain">
      {MODES.map((mode) => {
        const { done, means } = MODE_WORDS[mode];
        const why = whyNotServed(mode, of);
        return (
          <li key={mode}>
            <Mark tone={why ? 'quiet' : 'good'}>
              {why ? 'Cannot' : 'Can'} be {done}
            </Mark>{' '}
            <span className="dimmed small">{why ?? means}</span>
          </li>
        );
      })}
    </ul>
  );
}

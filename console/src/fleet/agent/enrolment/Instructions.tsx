// What to do with a token that was just created: its secret is shown now and never again.
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { CopyBlock } from '~/kit/copy/CopyBlock.tsx';
import { CopyField } from '~/kit/copy/CopyField.tsx';
import { plural } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { linuxCommands } from './commands.ts';
import css from './enrolment.module.css';
import type { NewlyCreated } from './NewToken.tsx';

const SYSTEMS = [
  { value: 'linux', label: 'Linux' },
  { value: 'windows', label: 'Windows' },
];

export function Instructions({ created: { enrolmentToken, secret } }: { created: NewlyCreated }) {
  const [system, setSystem] = useState('linux');
  if (!secret) {
    return (
      <p role="alert">
        The token was created, but the answer with its secret was lost on the way, and it is shown only once. Revoke the token below and create another one.
      </p>
    );
  }
  return (
    <div className="stack">
      <p className="plain small">
        For {plural(enrolmentToken?.maxUses ?? 1, 'computer')} of {enrolmentToken?.tenant?.name}; it expires <Moment at={enrolmentToken?.expiresAt} />.
      </p>
      <CopyField label="Secret" description="It is shown only now: keep it until the computers have enrolled." value={secret} />
      <div className="bar">
        <SegmentedControl aria-label="System" data={SYSTEMS} value={system} onChange={setSystem} />
      </div>
      {system === 'linux' ? (
        <ol className={css.steps}>
          <li>
            Copy the program <span className="mono">upkeep-agent</span> to the computer.
          </li>
          <li>
            As root, in the folder where it lies (systemd):
            <CopyBlock label="Commands for Linux" text={linuxCommands(location.origin, secret)} />
          </li>
          <li className="text">
            It appears among the <PathLink to="/computers">computers</PathLink> within seconds. <span className="mono">journalctl -u upkeep-agent</span> tells
            why not, if it does not.
          </li>
        </ol>
      ) : (
        <p>There is no agent for Windows yet.</p>
      )}
    </div>
  );
}

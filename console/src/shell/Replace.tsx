// A link opens by itself, whoever sent it: whoever is signed in already decides whether it makes somebody else of them.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { holderInWords, type Replacing } from './replacing.ts';
import css from './SignIn.module.css';

interface Props {
  replacing: Replacing;
  replace: () => Promise<void>;
  stay: () => void;
}

export function Replace({ replacing: { signedIn, codeIsOf }, replace, stay }: Props) {
  const [isBusy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    await replace();
    setBusy(false);
  };
  return (
    <main className={css.ground} aria-label="Somebody else’s link">
      <div className={css.door}>
        <h1 className={css.title}>Sign in as somebody else?</h1>
        <p>
          You are signed in as <b>{holderInWords(signedIn)}</b>. This link is for <b>{holderInWords(codeIsOf)}</b>.
        </p>
        <p className="dimmed small">
          If you go on, what you do in this browser is done in that name, and your own session ends. Do so only if you asked for the link.
        </p>
        <Button variant="filled" size="sm" onClick={stay} disabled={isBusy} fullWidth autoFocus>
          Stay {signedIn.name}
        </Button>
        <Button variant="default" size="sm" onClick={() => void submit()} loading={isBusy} fullWidth>
          Continue as {codeIsOf.name}
        </Button>
      </div>
    </main>
  );
}

// The door. People's own sign-in comes later; until then whoever has an API token shows it once, and the browser keeps a cookie.
import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import css from './SignIn.module.css';
import { signIn } from './signIn.ts';

interface Props {
  /** Whether somebody was signed in on this page: it stays where it is. */
  isAgain?: boolean;
  refusal?: string | undefined;
}

export function SignIn({ isAgain = false, refusal }: Props) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState(refusal);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(await signIn(token.trim()));
    setBusy(false);
  };
  const Ground = isAgain ? 'section' : 'main';
  return (
    <Ground className={isAgain ? css.over : css.ground} aria-label="Sign in">
      <form className={css.door} onSubmit={submit}>
        <h1 className={css.title}>{isAgain ? 'Your session has ended' : 'Upkeep'}</h1>
        <p className="dimmed small">
          {isAgain ? 'Sign in again: the page stays where it is.' : 'Sign in with an API token. On the server, `upkeep token create` makes one.'}
        </p>
        <PasswordInput
          label="API token"
          placeholder="upt_…"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={problem}
          autoComplete="off"
          autoFocus
          required
        />
        <Button type="submit" variant="filled" size="sm" loading={isBusy} fullWidth>
          Sign in
        </Button>
      </form>
    </Ground>
  );
}

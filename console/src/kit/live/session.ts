// Whether somebody is signed in. The cookie itself is out of reach of scripts, so what the server answers tells.
import { Observed } from './observed.ts';

export type SignedIn = 'unknown' | 'yes' | 'no' | 'ended';

class Session {
  readonly state = new Observed<SignedIn>('unknown');
  /** With which rights, as far as the server said. */
  rights: string | undefined;

  /** The server does not know the caller: before anything was shown that is a question, afterwards the end of the session. */
  ended() {
    const before = this.state.get();
    this.state.set(before === 'yes' || before === 'ended' ? 'ended' : 'no');
  }

  began() {
    this.state.set('yes');
  }
}

export const session = new Session();

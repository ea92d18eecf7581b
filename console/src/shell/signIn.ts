// How a browser becomes somebody: an API token or a one-time code is exchanged for a cookie that scripts cannot read.
import { pages } from '~/kit/api/client.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { live } from '~/kit/live/live.ts';
import { session } from '~/kit/live/session.ts';
import { capital } from '~/kit/text/words.ts';
import { type Replacing, replacingOf } from './replacing.ts';

const SESSION = '/console/session';

interface Refusal {
  message: string;
  extensions?: Record<string, unknown>;
}

/** Why the door stays shut: it is told, or something is asked first. */
export type Shut = { refusal: string } | { replacing: Replacing };

type Proof = { token: string } | { code: string; insteadOf?: string };

/** Nothing if it worked, or why it did not. */
export async function signIn(token: string): Promise<string | undefined> {
  const shut = await exchange({ token });
  return shut && 'refusal' in shut ? shut.refusal : undefined;
}

/** Goes on as whom a link is for: whoever was asked agreed to that. */
export async function replace({ code, signedIn }: Replacing): Promise<Shut | undefined> {
  const shut = await exchange({ code, insteadOf: signedIn.apiTokenId });
  // What was written here is of whoever was signed in before, with whichever rights.
  if (!shut) sessionStorage.clear();
  return shut;
}

/** Nothing if it worked. */
async function exchange(proof: Proof): Promise<Shut | undefined> {
  try {
    const response = await fetch(SESSION, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(proof) });
    if (response.ok) {
      await beginAnewForSomebodyElse();
      session.began();
      // Whatever could not be read meanwhile is read again.
      live.touched({ position: live.position.get() });
      return undefined;
    }
    const { errors } = (await response.json().catch(() => ({}))) as { errors?: readonly Refusal[] };
    const replacing = 'code' in proof ? replacingOf(proof.code, errors?.[0]?.extensions) : undefined;
    return replacing ? { replacing } : { refusal: capital(errors?.[0]?.message ?? `The server answered ${response.status}.`) };
  } catch {
    return { refusal: 'The server cannot be reached.' };
  }
}

export async function signOut(): Promise<void> {
  await fetch(SESSION, { method: 'DELETE' }).catch(() => undefined);
  // Everything that was read and written here goes with the page.
  sessionStorage.clear();
  location.assign('/');
}

/** Takes a code out of the address, so that it is neither kept nor shown, and uses it. */
export async function signInByLink(): Promise<Shut | undefined> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (!code) return undefined;
  history.replaceState(history.state, '', location.pathname + location.search);
  return exchange({ code });
}

export async function lookWhoIsThere(): Promise<void> {
  const viewer = await whoIsThere();
  if (!viewer) return;
  session.rights = rightsOf(viewer);
  session.began();
}

async function whoIsThere() {
  const { data } = await pages.query(graphql('query Viewer { viewer { role tenantId } }'), {}, { requestPolicy: 'network-only' }).toPromise();
  return data?.viewer;
}

function rightsOf({ role, tenantId }: { role: string; tenantId: string | null }): string {
  return `${role} ${tenantId ?? ''}`;
}

/** What one may read is nothing for whoever may read other things: for these the page begins anew at the same address. */
async function beginAnewForSomebodyElse(): Promise<void> {
  const before = session.rights;
  const viewer = await whoIsThere();
  session.rights = viewer ? rightsOf(viewer) : undefined;
  if (before === undefined || before === session.rights) return;
  sessionStorage.clear();
  location.reload();
}

// That somebody is signed in, and a link would sign this browser in as somebody else: the server asks, and this is what it says.

/** Somebody, as they would see themselves. */
export interface Holder {
  apiTokenId: string;
  name: string;
  role: string;
  tenant: string | null;
}

export interface Replacing {
  code: string;
  signedIn: Holder;
  codeIsOf: Holder;
}

/** The question in an answer to a code, if it is one. */
export function replacingOf(code: string, extensions: Record<string, unknown> | undefined): Replacing | undefined {
  const { signedIn, codeIsOf } = extensions ?? {};
  return isHolder(signedIn) && isHolder(codeIsOf) ? { code, signedIn, codeIsOf } : undefined;
}

function isHolder(told: unknown): told is Holder {
  return typeof told === 'object' && told !== null && 'apiTokenId' in told && typeof told.apiTokenId === 'string';
}

/** Names are what somebody wrote: what they may do tells more. */
export function holderInWords({ name, role, tenant }: Holder): string {
  return tenant ? `${name}, ${role} of ${tenant}` : `${name}, ${role}`;
}

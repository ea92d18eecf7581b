/** The host of an address from which agents fetch: what somebody has to trust. The address where it is none that we can read. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

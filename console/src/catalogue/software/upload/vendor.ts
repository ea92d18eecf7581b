// A package that agents fetch from its vendor: what is typed, and what the API takes.

export interface VendorDraft {
  url: string;
  sha256: string;
  /** As the address ends where nothing is typed. */
  fileName: string;
  /** In bytes; nothing where nobody knows. */
  size: number | undefined;
}

export const NO_VENDOR: VendorDraft = { url: '', sha256: '', fileName: '', size: undefined };

export interface FetchedPackage {
  url: string;
  sha256: string;
  fileName: string;
  size?: number;
}

/** What the address calls the file: "7z2408-x64.msi". */
export function nameIn(url: string): string {
  if (!URL.canParse(url)) return '';
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Why it cannot be a SHA-256; nothing while nothing is typed. */
export function wrongDigest(sha256: string): string | undefined {
  const digits = sha256.trim();
  return digits === '' || /^[0-9a-f]{64}$/i.test(digits) ? undefined : `A SHA-256 has 64 hexadecimal digits; these are ${digits.length} characters.`;
}

/** As the API takes it; nothing while it is not whole. */
export function fetchedOf({ url, sha256, fileName, size }: VendorDraft): FetchedPackage | undefined {
  const name = fileName.trim() || nameIn(url.trim());
  if (url.trim() === '' || sha256.trim() === '' || wrongDigest(sha256) || name === '') return undefined;
  return { url: url.trim(), sha256: sha256.trim().toLowerCase(), fileName: name, ...(size !== undefined && { size }) };
}

// The search part of a URL as text: one key, one string; repeated keys are a list; sorted, empty ones dropped. The router's default
// reads values as JSON and turns the serial number 1e5 into 100000.

export type Search = Record<string, string | string[] | undefined>;

export function parseSearch(text: string): Search {
  const search: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const before = search[key];
    if (before === undefined) search[key] = value;
    else search[key] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return search;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const key of Object.keys(search).sort()) {
    const value = search[key];
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') parameters.append(key, String(one));
    }
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}

/** The one text under a key; of several the first. What a link holds is never trusted to be of one shape. */
export function text(search: Record<string, unknown>, key: string): string | undefined {
  const value = search[key];
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' && one !== '' ? one : undefined;
}

export function texts(search: Record<string, unknown>, key: string): string[] | undefined {
  const value = search[key];
  const all = (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');
  return all.length > 0 ? all : undefined;
}

/** The text under a key if it is one of these; anything else is as if it were not there. */
export function oneOf<T extends string>(search: Record<string, unknown>, key: string, known: readonly T[]): T | undefined {
  const value = text(search, key);
  return known.find((one) => one === value);
}

export function flag(search: Record<string, unknown>, key: string): 'yes' | 'no' | undefined {
  return oneOf(search, key, ['yes', 'no'] as const);
}

/** What a filter of the API takes for such a flag. */
export function truth(value: 'yes' | 'no' | undefined): boolean | undefined {
  return value === undefined ? undefined : value === 'yes';
}

/** What a page takes from its address, none of which a link has to give. */
export function optional<T>(search: T): Partial<T> {
  return search;
}

/** A time under a key, in RFC 3339. */
export function instant(search: Record<string, unknown>, key: string): string | undefined {
  const value = text(search, key);
  return value && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined;
}

/** Those of the texts under a key that are one of these. */
export function someOf<T extends string>(search: Record<string, unknown>, key: string, known: readonly T[]): T[] | undefined {
  const wanted = texts(search, key);
  const some = known.filter((one) => wanted?.includes(one));
  return some.length > 0 ? some : undefined;
}

// The API's closed words as people read them.

/** `NEEDS_ONBOARDING` is "Needs onboarding". */
export function sentence(word: string | null | undefined): string {
  if (!word) return '';
  const text = word.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `DeploymentRetargeted` is "Deployment retargeted". */
export function spaced(name: string): string {
  const text = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A sentence of the API, which begins small where it can stand inside another one, as one by itself. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const NUMBERS = new Intl.NumberFormat('en');

/** A number as people read it: 20,000. One format for all rows of a list: `toLocaleString` looks for its own each time. */
export function grouped(number: number): string {
  return NUMBERS.format(number);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

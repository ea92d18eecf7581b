/** How long the browser may take to begin with a file, in milliseconds. */
const BEGINS_WITHIN = 60_000;

/** Gives a text to whoever looks, as a file. */
export function save(name: string, text: string, type: string) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), BEGINS_WITHIN);
}

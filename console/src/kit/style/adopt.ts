// Constructed style sheets, shared by all who want the same text: the policy's `style-src 'self'` does not concern them.

interface Adopted {
  sheet: CSSStyleSheet;
  users: number;
}

const adopted = new Map<string, Adopted>();

/** Puts the text in force for the whole document, until what is returned is called. */
export function adopt(css: string): () => void {
  let entry = adopted.get(css);
  if (!entry) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
    entry = { sheet, users: 0 };
    adopted.set(css, entry);
  }
  entry.users += 1;
  const { sheet } = entry;
  let isReleased = false;
  return () => {
    const current = adopted.get(css);
    if (isReleased || !current) return;
    isReleased = true;
    current.users -= 1;
    if (current.users > 0) return;
    adopted.delete(css);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}

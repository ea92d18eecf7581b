// The API explains in whole sentences: "the deployment for servers of every tenant loses to the one for all computers of Contoso: scope: …".

export interface Parted {
  before: string;
  /** The words for the other deployment. */
  other: string;
  after: string;
}

/** Without the subject, and parted at the words for the deployment that it lost to; these follow the sentence where it has them not. */
export function parted(explanation: string, target: string, lostTo: string | undefined): Parted {
  const subject = `the deployment for ${target} `;
  const sentence = explanation.startsWith(subject) ? explanation.slice(subject.length) : explanation;
  if (lostTo === undefined) return { before: sentence, other: '', after: '' };
  const words = `the one for ${lostTo}`;
  const at = sentence.indexOf(words);
  if (at < 0) return { before: `${sentence}: `, other: words, after: '' };
  return { before: sentence.slice(0, at), other: words, after: sentence.slice(at + words.length) };
}

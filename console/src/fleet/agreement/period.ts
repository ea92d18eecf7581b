// The days on which an agreement, or a product of one, counts.

export interface Period {
  firstDay: string | null;
  lastDay: string | null;
}

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** A day without a zone, as the API writes it. */
const written = (date: string) => day.format(Date.parse(`${date}T00:00:00Z`));

export function periodWords({ firstDay, lastDay }: Period): string {
  if (firstDay && lastDay) return `${written(firstDay)} to ${written(lastDay)}`;
  if (firstDay) return `from ${written(firstDay)} on`;
  return lastDay ? `until ${written(lastDay)}` : 'always';
}

/** Nothing stands for all days; a form has empty text for a day that is not given. */
export function periodInput(firstDay: string | null, lastDay: string | null): { firstDay: string | undefined; lastDay: string | undefined } {
  return { firstDay: firstDay || undefined, lastDay: lastDay || undefined };
}

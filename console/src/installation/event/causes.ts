// How events led to each other, as far as some of them tell: each names what directly led to it, which is the command that made it, another
// event, or the session that went on by itself.
import { streamOf } from './streams.ts';

export interface Linked {
  eventId: string;
  type: string;
  stream: string;
  position: string;
  correlationId: string | null;
  causationId: string | null;
  commandId: string | null;
}

export interface Chain<E> {
  /** What directly led to it, the nearest last. */
  causes: E[];
  /** What the same command did too. */
  siblings: E[];
  /** What it directly led to. */
  effects: E[];
  /** What else belongs to the same story. */
  story: E[];
}

/** The chain of one event among others in the order of their positions. */
export function chainOf<E extends Linked>(event: Linked, others: readonly E[]): Chain<E> {
  const rest = others.filter(({ position }) => position !== event.position);
  const siblings = rest.filter(({ commandId }) => commandId !== null && commandId === event.commandId);
  const causes = causesOf(event, rest);
  const names = namesOf(event);
  const effects = rest.filter((other) => other.causationId !== null && names.has(other.causationId) && !siblings.includes(other));
  const told = new Set([...siblings, ...causes, ...effects]);
  const story = rest.filter((other) => other.correlationId !== null && other.correlationId === event.correlationId && !told.has(other));
  return { causes, siblings, effects, story };
}

function causesOf<E extends Linked>(event: Linked, rest: readonly E[]): E[] {
  const causes: E[] = [];
  let cause = causeOf(event, rest);
  while (cause && !causes.includes(cause)) {
    causes.unshift(cause);
    cause = causeOf(cause, rest);
  }
  return causes;
}

/** The event that something names as what led to it: by its id, as the first of a session, or as the first that a command made. */
function causeOf<E extends Linked>({ causationId, commandId, eventId }: Linked, rest: readonly E[]): E | undefined {
  if (causationId === null || causationId === commandId || causationId === eventId) return undefined;
  return (
    rest.find((other) => other.eventId === causationId) ??
    rest.find((other) => streamOf(other.stream).id === causationId) ??
    rest.find((other) => other.commandId === causationId)
  );
}

/** Under which ids others name it as their cause: its own, that of its command, and that of the session that began with it. */
function namesOf({ eventId, type, commandId, stream }: Linked): Set<string> {
  const names = new Set([eventId]);
  if (commandId !== null) names.add(commandId);
  if (type === 'SessionCreated') names.add(streamOf(stream).id);
  return names;
}

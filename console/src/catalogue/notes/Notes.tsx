import css from './Notes.module.css';

/** Longer notes wait until somebody wants to read them: the page is about the software. */
const SHORT = 400;
const FEW_LINES = 6;

export function Notes({ notes }: { notes: string }) {
  const isShort = notes.length <= SHORT && notes.split('\n').length <= FEW_LINES;
  return (
    <details className={css.notes} open={isShort}>
      <summary>Notes</summary>
      <p>{notes}</p>
    </details>
  );
}

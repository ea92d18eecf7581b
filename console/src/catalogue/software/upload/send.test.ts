import { expect, test } from 'vitest';
import { type Line, type Looked, type Pushed, send } from './send.ts';

/** A line that answers so, one after the other, and tells from where things were sent. */
function line(looks: Looked[], pushes: Pushed[]) {
  const from: number[] = [];
  const told: Line = {
    look: async () => looks.shift() ?? { kind: 'broken' },
    push: async (offset, progress) => {
      from.push(offset);
      progress(offset + 1);
      return pushes.shift() ?? { kind: 'broken' };
    },
  };
  return { told, from };
}

const has = (bytes: number): Looked => ({ kind: 'has', bytes });
const at = async () => {};
const signal = () => new AbortController().signal;

test('a file that breaks off is gone on with behind what has arrived', async () => {
  const { told, from } = line([has(0), { kind: 'coming' }, has(7), has(9)], [{ kind: 'broken' }, { kind: 'broken' }, { kind: 'there' }]);
  const heard: number[] = [];
  expect(await send(told, (bytes) => heard.push(bytes), signal(), at)).toEqual({ kind: 'there' });
  expect(from).toEqual([0, 7, 9]);
  expect(heard).toEqual([0, 1, 7, 8, 9, 10]);
});

test('what is there already is not sent', async () => {
  const { told, from } = line([{ kind: 'whole' }], []);
  expect(await send(told, () => {}, signal(), at)).toEqual({ kind: 'there' });
  expect(from).toEqual([]);
});

test('a server that takes nothing more is out of reach, and what it has is kept', async () => {
  const { told, from } = line(
    Array.from({ length: 30 }, () => has(7)),
    [],
  );
  const sent = await send(told, () => {}, signal(), at);
  expect(sent).toMatchObject({ kind: 'refused', code: 'OFFLINE' });
  expect(sent).toMatchObject({ message: expect.stringContaining('goes on behind it') });
  expect(from.length).toBeLessThan(12);
});

test('a refusal and whoever gives up end it', async () => {
  const refused: Pushed = { kind: 'refused', code: 'LIMIT_EXCEEDED', message: 'too large' };
  expect(await send(line([has(0)], [refused]).told, () => {}, signal(), at)).toEqual(refused);
  const stop = new AbortController();
  stop.abort();
  expect(await send(line([has(0)], []).told, () => {}, stop.signal, at)).toEqual({ kind: 'stopped' });
});

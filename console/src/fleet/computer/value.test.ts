import { expect, test } from 'vitest';
import { valueColumns } from './value.tsx';

const monitored = {
  uuid: 'c',
  valued: { nodes: [{ task: { uuid: 't', name: 'Lucky number' }, collected: { value: [7], at: '2026-03-01T08:00:00Z' } }] },
};
const unmonitored = { uuid: 'd', valued: { nodes: [] } };

test('the columns of a file are those of the task that was chosen, though no computer tells a value', () => {
  const columns = valueColumns('Lucky number');
  expect(columns.map(({ title }) => title)).toEqual(['Lucky number', 'Lucky number: collected']);
  expect(columns.map(({ text }) => text(monitored))).toEqual(['[7]', '2026-03-01T08:00:00Z']);
  expect(columns.map(({ text }) => text(unmonitored))).toEqual([undefined, undefined]);
  expect(valueColumns(undefined)).toEqual([]);
});

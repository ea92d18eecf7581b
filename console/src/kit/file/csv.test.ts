import { expect, test } from 'vitest';
import { csv } from './csv.ts';

const MARK = '\uFEFF';

test('rows end with CR LF, the last one too', () => {
  expect(csv(['name', 'count'], [['reception', 2]])).toBe(`${MARK}name,count\r\nreception,2\r\n`);
});

test('quotes, commas and line breaks are quoted', () => {
  expect(csv(['name'], [['a "b", c\nd']])).toBe(`${MARK}name\r\n"a ""b"", c\nd"\r\n`);
});

test('what is missing is empty', () => {
  expect(csv(['a', 'b', 'c'], [[null, undefined, '']])).toBe(`${MARK}a,b,c\r\n,,\r\n`);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('%j is no formula', (text) => {
  expect(csv(['a'], [[text]])).toBe(`${MARK}a\r\n'${text}\r\n`);
});

test.each([
  ['a;=1+1', "a;'=1+1"],
  ['a; =1+1', "a; '=1+1"],
])('%j is no formula behind another separator', (text, safe) => {
  expect(csv(['a'], [[text]])).toBe(`${MARK}a\r\n${safe}\r\n`);
});

test('a formula with a comma is quoted too', () => {
  expect(csv(['a'], [['=HYPERLINK("x","y")']])).toBe(`${MARK}a\r\n"'=HYPERLINK(""x"",""y"")"\r\n`);
});

test('a negative number stays a number', () => {
  expect(csv(['a'], [[-1]])).toBe(`${MARK}a\r\n-1\r\n`);
});

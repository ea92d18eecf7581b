import { expect, test } from 'vitest';
import { mistakeOf } from './mistake.ts';

const marked = (text: string, sentence: string) => {
  const mistake = mistakeOf(text, sentence);
  return mistake && [text.slice(mistake.from, mistake.to), mistake.message];
};

test('the word at the place is marked', () => {
  expect(marked('inventory.manufactuer == "Dell"', 'line 1, column 1: there is no such fact')).toEqual(['inventory.manufactuer', 'there is no such fact']);
  expect(marked('tenant.name ==\n  "x" && foo.bar', 'line 2, column 10: there is no fact foo.bar: use one of …')).toEqual([
    'foo.bar',
    'there is no fact foo.bar: use one of …',
  ]);
  expect(marked('computer.class == "laptop"', 'line 1, column 16: computer.class is never "laptop"')).toEqual(['==', 'computer.class is never "laptop"']);
});

test('what lacks its end is marked at its last character', () => {
  expect(marked('"a" in computer.tags &&', 'line 1, column 25: this is not CEL')).toEqual(['&', 'this is not CEL']);
});

test('columns count characters', () => {
  expect(marked('"😀" == foo.bar', 'line 1, column 8: there is no fact foo.bar')).toEqual(['foo.bar', 'there is no fact foo.bar']);
});

test('a sentence without a place marks nothing', () => {
  expect(mistakeOf('x', 'it is longer than 4096 bytes')).toBeUndefined();
  expect(mistakeOf('', undefined)).toBeUndefined();
});

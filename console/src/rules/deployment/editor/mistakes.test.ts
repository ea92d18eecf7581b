import { expect, test } from 'vitest';
import { fieldOf, mistakeIn } from './mistakes.ts';

const error = (field?: string[]) => ({ code: 'INVALID', message: 'no', field: field ?? null });

test('an error of a preview and one of the mutation belong to the same field', () => {
  expect(fieldOf(error(['change', 'createDeployment', 'target', 'membership', 'expression']))).toBe('target.membership.expression');
  expect(fieldOf(error(['input', 'target', 'membership', 'expression']))).toBe('target.membership.expression');
});

test('what is within a field is of the narrowest field that shows it', () => {
  expect(fieldOf(error(['input', 'target', 'membership', 'tag', 'tag']))).toBe('target.membership.tag');
  expect(fieldOf(error(['input', 'target', 'scope', 'singleTenant', 'tenantId']))).toBe('target.scope');
});

test('what is about no field of the form is shown with the rest', () => {
  expect(fieldOf(error())).toBeUndefined();
  expect(fieldOf(error(['input', 'options', 'reason']))).toBeUndefined();
  expect(mistakeIn([error(['input', 'desired'])], 'desired')?.code).toBe('INVALID');
});

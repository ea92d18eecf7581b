// A number while it is typed.
import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';

interface Props extends Omit<NumberInputProps, 'value' | 'onChange'> {
  isWhole?: boolean;
  value: number | undefined;
  change: (value: number | undefined) => void;
}

/** Who is at the "-" or the "1." of a number is not disturbed; what is no number is nothing, and gone once the field is left. */
export function NumberField({ isWhole = false, value, change, ...field }: Props) {
  const [typed, setTyped] = useState<string | number>('');
  return (
    <NumberInput
      {...field}
      hideControls
      allowDecimal={!isWhole}
      clampBehavior="none"
      value={numberIn(typed) === value ? typed : (value ?? '')}
      onChange={(typed) => {
        setTyped(typed);
        change(numberIn(typed));
      }}
      onBlur={() => setTyped(value ?? '')}
    />
  );
}

function numberIn(typed: string | number): number | undefined {
  const number = typed === '' ? Number.NaN : Number(typed);
  return Number.isFinite(number) ? number : undefined;
}

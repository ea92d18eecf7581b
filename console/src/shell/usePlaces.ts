import { useMemo } from 'react';
import { usePermissions } from '~/access/may/usePermissions.ts';
import { PLACES, type Place } from './places.ts';

/** The places where the viewer finds something. */
export function usePlaces(): readonly Place[] {
  const permissions = usePermissions();
  return useMemo(() => PLACES.filter(({ needs }) => needs === undefined || permissions.has(needs)), [permissions]);
}

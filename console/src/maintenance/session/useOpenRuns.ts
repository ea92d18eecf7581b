import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { openRuns, seenRunning } from './openRuns.ts';

const route = getRouteApi('/sessions/$id');

/** The runs whose output is shown, all of them at first where it is what somebody came for, and how another is chosen; the choice is in the address. */
export function useOpenRuns(runs: Parameters<typeof openRuns>[1], isStill: boolean, areAll = false): [ReadonlySet<string>, (run: string) => void] {
  const { run: chosen } = route.useSearch();
  const navigate = useNavigate({ from: '/sessions/$id' });
  const [seen, setSeen] = useState<ReadonlySet<string>>(() => new Set(areAll ? runs.map(({ uuid }) => uuid) : []));
  useEffect(() => {
    if (!isStill) setSeen((before) => seenRunning(runs, before));
  }, [runs, isStill]);
  const choose = (run: string) => void navigate({ search: (before) => ({ ...before, run }), replace: true, resetScroll: false });
  return [openRuns(chosen, runs, isStill, seen), choose];
}

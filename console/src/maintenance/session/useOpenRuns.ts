import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { openRuns, seenRunning } from './openRuns.ts';

const route = getRouteApi('/sessions/$id');

/** The runs whose output is shown, all of them where that is what somebody came for, and how another is chosen; the choice is in the address. */
export function useOpenRuns(runs: Parameters<typeof openRuns>[1], isStill: boolean, areAll = false): [ReadonlySet<string>, (run: string) => void] {
  const { run: chosen } = route.useSearch();
  const navigate = useNavigate({ from: '/sessions/$id' });
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!isStill) setSeen((before) => seenRunning(runs, before));
  }, [runs, isStill]);
  const choose = (run: string) => void navigate({ search: (before) => ({ ...before, run }), replace: true, resetScroll: false });
  const wanted = areAll ? new Set(runs.map(({ uuid }) => uuid)) : seen;
  return [openRuns(chosen, runs, isStill, wanted), choose];
}

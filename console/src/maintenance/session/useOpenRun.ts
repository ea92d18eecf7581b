import { getRouteApi, useNavigate } from '@tanstack/react-router';

const route = getRouteApi('/sessions/$id');

/** The run that the address names, and how another is chosen. */
export function useOpenRun(): [string | undefined, (run: string) => void] {
  const { run } = route.useSearch();
  const navigate = useNavigate({ from: '/sessions/$id' });
  return [run, (chosen) => void navigate({ search: (before) => ({ ...before, run: chosen }), replace: true, resetScroll: false })];
}

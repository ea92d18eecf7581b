// In the place of `react-style-singleton`, by the build (build/styleSeams.ts): the lock of scrolling behind dialogs.
import { useEffect } from 'react';
import { adopt } from './adopt.ts';

export function stylesheetSingleton() {
  let users = 0;
  let release: (() => void) | undefined;
  return {
    add(css: string) {
      if (users === 0) release = adopt(css);
      users += 1;
    },
    remove() {
      users -= 1;
      if (users === 0) release?.();
    },
  };
}

export function styleHookSingleton() {
  const sheet = stylesheetSingleton();
  return (css: string, isDynamic: boolean) => {
    // As the library: without `isDynamic` the first text stays.
    // biome-ignore lint/correctness/useExhaustiveDependencies: see above
    useEffect(() => {
      sheet.add(css);
      return () => sheet.remove();
    }, [css && isDynamic]);
  };
}

export function styleSingleton() {
  const useStyle = styleHookSingleton();
  return ({ styles, dynamic }: { styles: string; dynamic: boolean }): null => {
    useStyle(styles, dynamic);
    return null;
  };
}

// A draft in words, as the server will word it when it is saved (domain/src/rules/resolution/phrase.rs). The server words only what there
// is; what is still being written has to be worded here.
import { FILTERS } from '../kinds.ts';
import { says } from '../sentence.ts';
import { type Draft, fitted } from './draft.ts';

/** Stands for what was not chosen yet. */
const OPEN = '…';

export function sentenceOf(draft: Draft): string {
  return says({ item: draft.item?.name ?? OPEN, desired: desiredWords(draft), target: targetWords(draft), enforcement: fitted(draft).enforcement });
}

export function desiredWords(draft: Draft): string {
  const { desired, version } = fitted(draft);
  switch (desired) {
    case 'INSTALLED_LATEST':
      return 'installed in the latest version';
    case 'INSTALLED_EXACTLY':
      return `installed in exactly version ${version.trim() || OPEN}`;
    case 'INSTALLED_AT_LEAST':
      return `installed in version ${version.trim() || OPEN} or newer`;
    case 'UPDATE_IF_FOUND':
      return 'updated where it is found';
    case 'UNINSTALLED':
      return 'uninstalled';
    case 'IGNORED':
      return 'left alone';
    case 'ENFORCE':
      return 'enforced';
    case 'AUDIT':
      return 'audited';
    case 'MONITOR':
      return 'monitored';
  }
}

export function targetWords(draft: Draft): string {
  const fit = fitted(draft);
  const membership = membershipWords(fit);
  const narrowed = membership ? `${FILTERS[fit.filter]} ${membership}` : FILTERS[fit.filter];
  const onlyIf = (who: string) => (fit.filter === 'ALL_COMPUTERS' ? who : `${who}, where it is one of the ${FILTERS[fit.filter]}`);
  switch (fit.scope) {
    case 'everyTenant':
      return `${narrowed} of every tenant`;
    case 'tenant':
      return `${narrowed} of ${fit.tenant?.name ?? OPEN}${fit.includesChildren ? ' and the tenants below it' : ''}`;
    case 'computer':
      return onlyIf(`the computer ${fit.computer?.name ?? OPEN}`);
    case 'person':
      return onlyIf(`the computers of ${fit.person?.name ?? OPEN}`);
  }
}

const BEARING = { COMPUTER: ['with the tag', ''], TENANT: ['of tenants with the tag', ','], PERSON: ['of people with the tag', ','] } as const;

function membershipWords(draft: Draft): string | undefined {
  const typed = (text: string) => text.trim() || OPEN;
  switch (draft.membership) {
    case 'ALL_COMPUTERS':
      return undefined;
    case 'TAG': {
      const [words, end] = BEARING[draft.tagOn];
      return `${words} "${typed(draft.tag)}"${end}`;
    }
    case 'DEVICE_GROUP':
      return `in the device group ${draft.deviceGroup?.name ?? OPEN}`;
    case 'DIRECTORY_GROUP':
      return `in the directory group ${draft.directoryGroup?.name ?? OPEN}`;
    case 'AGREEMENT_TYPE':
      return `under an agreement of the type "${typed(draft.agreementType)}"`;
    case 'AGREEMENT_PRODUCT':
      return `with the product "${typed(draft.agreementProduct)}" on an agreement`;
    case 'METASCRIPT':
      return `of which the metascript "${typed(draft.metascript)}" says yes`;
    case 'EXPRESSION':
      return `that match ${typed(draft.expression)}`;
  }
}

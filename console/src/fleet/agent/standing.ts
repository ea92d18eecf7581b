// What is in doubt about a held agent, and what it can turn out to be.

/** In one sentence, for whoever has to decide. */
export const HELD_BECAUSE: Readonly<Record<string, string>> = {
  COPIED_KEY:
    'Two live connections showed its key: a disk image with the agent’s state was copied. Releasing it lets whoever has the key work; enrol the copies anew.',
  CLAIMED_HARDWARE:
    'It claims the hardware of a computer that another agent was on first. Find out what it is before you release it: it gets all that this computer gets.',
  RIVAL: 'Another agent claims its computer’s hardware, both are live, and what they tell of it contradicts. One of the two is not the real one.',
  OTHER_HARDWARE: 'It is on other hardware than the one that its key is known for: a copied state folder, or a new main board.',
};

export const RELEASED_AS = [
  { value: 'ANOTHER_PATHWAY', label: 'One more agent on the same computer', means: 'Both lead to it from then on.' },
  { value: 'REPLACEMENT', label: 'The same computer, installed anew', means: 'Its earlier agents never come back, and are revoked.' },
  {
    value: 'OTHER_COMPUTER',
    label: 'Another computer with the same UUID',
    means: 'A virtual machine that was cloned with it: it becomes a computer of its own.',
  },
] as const;

export type ReleasedAs = (typeof RELEASED_AS)[number]['value'];

/** Only such an agent has to be said what it is. */
export function mustBeTold(holdReason: string | null): boolean {
  return holdReason === 'CLAIMED_HARDWARE';
}

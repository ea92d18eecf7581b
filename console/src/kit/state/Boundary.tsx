// Holds a fault of one part of a page: what is beside it stays.
import { Component, type ReactNode } from 'react';

interface Props {
  /** What the part shows: with something else it is tried again. */
  of: unknown;
  /** What stands in the place of the part; `again` tries it once more. */
  broken: (error: unknown, again: () => void) => ReactNode;
  children: ReactNode;
}

interface State {
  fault?: { error: unknown } | undefined;
  of: unknown;
}

export class Boundary extends Component<Props, State> {
  override state: State = { of: this.props.of };

  static getDerivedStateFromError(error: unknown): Pick<State, 'fault'> {
    return { fault: { error } };
  }

  static getDerivedStateFromProps({ of }: Props, before: State): State | null {
    return of === before.of ? null : { of, fault: undefined };
  }

  readonly #again = () => this.setState({ fault: undefined });

  override render(): ReactNode {
    const { fault } = this.state;
    return fault ? this.props.broken(fault.error, this.#again) : this.props.children;
  }
}

// Holds a fault of one part of a page: what is beside it stays.
import { Component, type ReactNode } from 'react';

interface Props {
  /** What stands in the place of the part; `again` tries it once more. */
  broken: (error: unknown, again: () => void) => ReactNode;
  children: ReactNode;
}

interface State {
  fault?: { error: unknown };
}

export class Boundary extends Component<Props, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { fault: { error } };
  }

  readonly #again = () => this.setState({ fault: undefined as never });

  override render(): ReactNode {
    const { fault } = this.state;
    return fault ? this.props.broken(fault.error, this.#again) : this.props.children;
  }
}

import { Component, type ReactNode } from 'react';
import { Link } from 'wouter';
import { addresses } from '../addresses.ts';
import { buttonLook } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Empty, Title } from '../ui/page.tsx';

export const Nowhere = () => (
  <>
    <Title>Nothing here</Title>
    <Empty title="There is nothing at this address">
      <Link href={addresses.library} className={`${buttonLook('first')} mt-4`}>
        To the library
      </Link>
    </Empty>
  </>
);

/** Shows a fault of the page itself in the place of what has it. */
export class Boundary extends Component<{ children: ReactNode }, { readonly error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <>
        <Title>Something went wrong</Title>
        <Failure error={error} retry={() => location.reload()} />
      </>
    );
  }
}

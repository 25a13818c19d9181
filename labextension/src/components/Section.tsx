import * as React from 'react';

/**
 * A part of a tab under a heading, by which it is called.
 */
export function Section(props: {
  title: string;
  children: React.ReactNode;
}): React.JSX.Element {
  const id = React.useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{props.title}</h3>
      {props.children}
    </section>
  );
}

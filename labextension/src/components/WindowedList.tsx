import * as React from 'react';

/** Rows drawn above and below what can be seen, so that scrolling shows no gaps. */
const OVERSCAN = 6;

export interface IWindowedListProps<Row> {
  readonly rows: readonly Row[];
  /** Pixels; all rows have the same height. */
  readonly rowHeight: number;
  /** `tree` for rows that unfold; give them `aria-level` and `aria-expanded` by `attributes`. */
  readonly role: 'grid' | 'tree';
  /** What a screen reader calls the list. */
  readonly label: string;
  readonly rowKey: (row: Row) => string;
  /** What stands in a row; in a grid its elements need the role `gridcell`. */
  readonly renderRow: (row: Row, isActive: boolean) => React.ReactNode;
  /** What a row's element gets besides. */
  readonly attributes?: (row: Row) => React.AriaAttributes & { title?: string };
  /** The key of the row that has the list's tab stop; the first if absent. */
  readonly activeKey: string | null;
  readonly onActivate: (row: Row) => void;
  /** Enter, or a double click. */
  readonly onOpen: (row: Row) => void;
  /** Right click, the menu key or Shift+F10, with the place on the page. */
  readonly onMenu?: (row: Row, x: number, y: number) => void;
  /** Any other key; call `preventDefault` for those that are used. */
  readonly onKeyDown?: (event: React.KeyboardEvent, row: Row) => void;
  /** Called with the indices of the last and the first row drawn, to load what is missing. */
  readonly onReach?: (last: number, first: number) => void;
}

/**
 * A list that draws only the rows that can be seen, for tens of thousands of rows. One row has
 * the tab stop; arrows, Home, End and the page keys move it.
 */
export function WindowedList<Row>(
  props: IWindowedListProps<Row>
): React.JSX.Element {
  const { rows, rowHeight, role, rowKey, onReach } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState({ top: 0, height: 400 });
  const focusNext = React.useRef(false);
  const lastActive = React.useRef(0);

  const measure = React.useCallback(() => {
    if (box.current !== null) {
      const { scrollTop, clientHeight } = box.current;
      setView(old =>
        old.top === scrollTop && old.height === clientHeight
          ? old
          : { top: scrollTop, height: clientHeight }
      );
    }
  }, []);

  React.useEffect(() => {
    if (box.current === null) {
      return;
    }
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [measure]);

  const found = rows.findIndex(row => rowKey(row) === props.activeKey);
  // What stood beside a row that has gone is next, not the top of the list.
  const active =
    found >= 0
      ? found
      : Math.max(0, Math.min(lastActive.current, rows.length - 1));
  const hadFocus = box.current?.contains(document.activeElement) ?? false;
  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const last = Math.min(
    rows.length - 1,
    Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN
  );

  React.useEffect(() => onReach?.(last, first), [onReach, last, first]);

  React.useLayoutEffect(() => {
    lastActive.current = active;
    // A row that is drawn anew or moved takes the focus out of the page with it.
    const isLost =
      hadFocus && !(box.current?.contains(document.activeElement) ?? false);
    if (focusNext.current || isLost) {
      focusNext.current = false;
      box.current
        ?.querySelector<HTMLElement>('.jp-Ipfs-row[tabindex="0"]')
        ?.focus({ preventScroll: true });
    }
  });

  const moveTo = (index: number): void => {
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    const node = box.current;
    if (node !== null) {
      const top = next * rowHeight;
      if (top < node.scrollTop) {
        node.scrollTop = top;
      } else if (top + rowHeight > node.scrollTop + node.clientHeight) {
        node.scrollTop = top + rowHeight - node.clientHeight;
      }
      measure();
    }
    focusNext.current = true;
    props.onActivate(rows[next]);
    // Draws even where the row was the active one already.
    setView(old => ({ ...old }));
  };

  const onKeyDown = (event: React.KeyboardEvent<HTMLDivElement>): void => {
    if (!(event.target as HTMLElement).matches('.jp-Ipfs-row')) {
      return;
    }
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: rows.length - 1
    };
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key in targets) {
      event.preventDefault();
      moveTo(targets[event.key]);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      props.onOpen(rows[active]);
    } else if (
      props.onMenu !== undefined &&
      (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
    ) {
      event.preventDefault();
      const place = (event.target as HTMLElement).getBoundingClientRect();
      props.onMenu(rows[active], place.left + 24, place.bottom);
    } else {
      props.onKeyDown?.(event, rows[active]);
    }
  };

  const drawn: number[] = [];
  for (let index = first; index <= last; index++) {
    drawn.push(index);
  }
  // The row with the tab stop is always there, so that the focus is never lost by scrolling.
  if (active < first && rows.length > 0) {
    drawn.unshift(active);
  } else if (active > last) {
    drawn.push(active);
  }

  return (
    <div
      ref={box}
      className="jp-Ipfs-list"
      role={role}
      aria-label={props.label}
      aria-rowcount={role === 'grid' ? rows.length : undefined}
      onScroll={measure}
      onKeyDown={onKeyDown}
    >
      <div
        className="jp-Ipfs-listContent"
        role="presentation"
        style={{ height: rows.length * rowHeight }}
      >
        {drawn.map(index => {
          const row = rows[index];
          return (
            <div
              key={rowKey(row)}
              className="jp-Ipfs-row"
              style={{ top: index * rowHeight, height: rowHeight }}
              role={role === 'grid' ? 'row' : 'treeitem'}
              aria-rowindex={role === 'grid' ? index + 1 : undefined}
              aria-selected={index === found}
              tabIndex={index === active ? 0 : -1}
              onFocus={() => {
                if (index !== found) {
                  props.onActivate(row);
                }
              }}
              onDoubleClick={event => {
                if ((event.target as Element).closest('button') === null) {
                  props.onOpen(row);
                }
              }}
              onContextMenu={event => {
                if (props.onMenu !== undefined) {
                  event.preventDefault();
                  event.stopPropagation();
                  props.onActivate(row);
                  props.onMenu(row, event.clientX, event.clientY);
                }
              }}
              {...props.attributes?.(row)}
            >
              {props.renderRow(row, index === found)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

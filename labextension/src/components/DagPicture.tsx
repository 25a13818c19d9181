import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBlock, ILink } from '../api/blocks';
import { shortCID } from '../models/cid';
import { DRAWN_BELOW, DRAWN_LINKS } from '../models/inspector';
import { plainText } from '../models/plainText';
import { sizeText } from './size';

const BOX = { width: 176, height: 40, gap: 10, column: 236 };
const PADDING = 4;

export interface IDagPictureProps {
  readonly block: IBlock;
  /** The linked blocks that are known, by CID. */
  readonly below: ReadonlyMap<string, IBlock>;
  readonly onFollow: (cid: string) => void;
  readonly trans: TranslationBundle;
}

/** A box of the picture: a block, or what is not drawn of a level. */
interface IBox {
  readonly key: string;
  readonly cid: string | null;
  readonly title: string;
  readonly facts: string;
  readonly isHeld: boolean;
  readonly x: number;
  readonly y: number;
}

interface IEdge {
  readonly from: IBox;
  readonly to: IBox;
}

/**
 * The block and two levels below it. The table of links says the same in words.
 */
export function DagPicture(props: IDagPictureProps): React.JSX.Element | null {
  const { block, trans } = props;
  if (block.links.length === 0) {
    return null;
  }
  const { boxes, edges, width, height } = layOut(props);
  return (
    <div
      className="jp-Ipfs-dag"
      tabIndex={0}
      role="group"
      aria-label={trans.__('The block and two levels below it')}
    >
      <svg
        role="img"
        aria-label={trans._n(
          'A block with %1 link; the table below lists it',
          'A block with %1 links; the table below lists them',
          block.links_total
        )}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
      >
        {edges.map(edge => (
          <path
            key={`${edge.from.key}-${edge.to.key}`}
            className="jp-Ipfs-dagEdge"
            d={curve(edge)}
          />
        ))}
        {boxes.map(box => (
          <Box key={box.key} box={box} onFollow={props.onFollow} />
        ))}
      </svg>
    </div>
  );
}

function Box(props: {
  box: IBox;
  onFollow: (cid: string) => void;
}): React.JSX.Element {
  const { box } = props;
  const { cid } = box;
  const names = ['jp-Ipfs-dagBox'];
  if (!box.isHeld) {
    names.push('jp-mod-absent');
  }
  if (cid !== null && box.x > PADDING) {
    names.push('jp-mod-link');
  }
  return (
    <g
      className={names.join(' ')}
      transform={`translate(${box.x} ${box.y})`}
      onClick={() => {
        if (cid !== null && box.x > PADDING) {
          props.onFollow(cid);
        }
      }}
    >
      {cid !== null && (
        <>
          <title>{`${box.title}\n${cid}`}</title>
          <rect width={BOX.width} height={BOX.height} rx={3} />
        </>
      )}
      <text x={8} y={16} className="jp-Ipfs-dagTitle">
        {box.title}
      </text>
      <text x={8} y={31}>
        {box.facts}
      </text>
    </g>
  );
}

function curve({ from, to }: IEdge): string {
  const x1 = from.x + BOX.width;
  const y1 = from.y + BOX.height / 2;
  const y2 = to.y + BOX.height / 2;
  const middle = (x1 + to.x) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}`;
}

/** Columns from left to right: the block, its links, their links; each as high as its last one. */
function layOut(props: IDagPictureProps): {
  boxes: IBox[];
  edges: IEdge[];
  width: number;
  height: number;
} {
  const { block, below, trans } = props;
  const step = BOX.height + BOX.gap;
  const boxes: IBox[] = [];
  const edges: IEdge[] = [];
  let bottom = 0;
  let columns = 2;
  const place = (column: number, row: number): { x: number; y: number } => ({
    x: PADDING + column * BOX.column,
    y: PADDING + row * step
  });

  const root: IBox = {
    key: 'root',
    cid: block.cid,
    title: shortCID(block.cid),
    facts: blockFacts(block, trans),
    isHeld: block.held,
    ...place(0, 0)
  };
  boxes.push(root);
  const more = (
    parent: IBox,
    hidden: number,
    column: number,
    row: number
  ): void => {
    const box: IBox = {
      key: `${parent.key}-more`,
      cid: null,
      title: trans._n('… and %1 more', '… and %1 more', hidden),
      facts: '',
      isHeld: true,
      ...place(column, row)
    };
    boxes.push(box);
  };

  block.links.slice(0, DRAWN_LINKS).forEach((link, index) => {
    const child = below.get(link.cid);
    const box: IBox = {
      key: `${index}`,
      ...linkWords(link, child, trans),
      ...place(1, bottom)
    };
    boxes.push(box);
    edges.push({ from: root, to: box });
    const links = child?.links.slice(0, DRAWN_BELOW) ?? [];
    links.forEach((deeper, place2) => {
      columns = 3;
      const leaf: IBox = {
        key: `${index}-${place2}`,
        ...linkWords(deeper, below.get(deeper.cid), trans),
        ...place(2, bottom + place2)
      };
      boxes.push(leaf);
      edges.push({ from: box, to: leaf });
    });
    let rows = links.length;
    const hidden = (child?.links_total ?? 0) - links.length;
    if (hidden > 0) {
      more(box, hidden, 2, bottom + rows);
      rows += 1;
    }
    bottom += Math.max(1, rows);
  });
  const hidden = block.links_total - Math.min(block.links.length, DRAWN_LINKS);
  if (hidden > 0) {
    more(root, hidden, 1, bottom);
    bottom += 1;
  }
  return {
    boxes,
    edges,
    width: 2 * PADDING + (columns - 1) * BOX.column + BOX.width,
    height: 2 * PADDING + bottom * step - BOX.gap
  };
}

function linkWords(
  link: ILink,
  block: IBlock | undefined,
  trans: TranslationBundle
): Pick<IBox, 'cid' | 'title' | 'facts' | 'isHeld'> {
  return {
    cid: link.cid,
    title: plainText(link.name, 22) ?? shortCID(link.cid),
    facts:
      block !== undefined
        ? blockFacts(block, trans)
        : link.dag_size === null
          ? ''
          : sizeText(link.dag_size, trans),
    isHeld: block?.held ?? true
  };
}

function blockFacts(block: IBlock, trans: TranslationBundle): string {
  const words = [block.codec];
  if (!block.held) {
    words.push(trans.__('not here'));
  } else if (block.size !== null) {
    words.push(sizeText(block.size, trans));
  }
  return words.join(' · ');
}

import { LabIcon } from '@jupyterlab/ui-components';

/** A cube: blocks that make up content. */
export const ipfsIcon = new LabIcon({
  name: 'jupyter-ipfs:cube',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" fill="#616161">
    <path d="M12 1.9 20.6 6.6 12 11.3 3.4 6.6Z"/>
    <path d="M2.6 8.2 11.2 12.9V22.2L2.6 17.5Z" fill-opacity=".75"/>
    <path d="M21.4 8.2 12.8 12.9V22.2L21.4 17.5Z" fill-opacity=".5"/>
  </g>
</svg>`
});

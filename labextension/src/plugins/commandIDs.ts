/**
 * All commands. A plugin that executes another's looks first whether it is there:
 * each plugin may be switched off.
 */
export namespace CommandIDs {
  export const showStatus = 'ipfs:show-status';
  export const showPanel = 'ipfs:show-panel';
  export const openTutorial = 'ipfs:open-tutorial';
  export const chooseFiles = 'ipfs:choose-files';
  export const chooseFolder = 'ipfs:choose-folder';
  export const storeSelected = 'ipfs:store-selected';
  export const storeDocument = 'ipfs:store-document';
  export const storePaths = 'ipfs:store-paths';
  export const importCAR = 'ipfs:import-car';
  /** Show a root in the list of what is stored. */
  export const showItem = 'ipfs:show-item';
  export const preview = 'ipfs:preview';

  // Shared notebooks.
  export const shareNotebook = 'ipfs:share-notebook';
  export const openBundle = 'ipfs:open-bundle';
  export const openShareFile = 'ipfs:open-share-file';

  export const signIn = 'ipfs-wallet:sign-in';
  export const signOut = 'ipfs-wallet:sign-out';
  export const copyAddress = 'ipfs-wallet:copy-address';
  export const goToRequest = 'ipfs-wallet:go-to-request';

  // On an entry of the files that can change.
  export const openFile = 'ipfs:files-open';
  export const renameFile = 'ipfs:files-rename';
  export const moveFile = 'ipfs:files-move';
  export const removeFile = 'ipfs:files-remove';

  // What can be done with content; their arguments are an `IContentTarget`.
  export const open = 'ipfs:open';
  export const inspect = 'ipfs:inspect';
  export const openCopy = 'ipfs:open-copy';
  export const insertCode = 'ipfs:insert-code';
  export const copyCID = 'ipfs:copy-cid';
  export const copyLink = 'ipfs:copy-link';
  export const download = 'ipfs:download';
  export const saveCAR = 'ipfs:save-car';
  export const send = 'ipfs:send';
  export const copyTo = 'ipfs:copy-to';
  export const serve = 'ipfs:serve';
  export const stopServing = 'ipfs:stop-serving';
  export const showCopies = 'ipfs:show-copies';
  export const rename = 'ipfs:rename';
  export const showVersions = 'ipfs:show-versions';
  export const keep = 'ipfs:keep';
  export const unpin = 'ipfs:unpin';
  export const forget = 'ipfs:forget';

  // Ocean's market.
  export const publish = 'ipfs-market:publish';
  export const publishSelected = 'ipfs-market:publish-selected';
  export const openMarket = 'ipfs-market:open';
}

/** What the menu of an item offers, in groups. */
export const ITEM_MENU: readonly (string | null)[] = [
  CommandIDs.open,
  CommandIDs.openCopy,
  CommandIDs.insertCode,
  CommandIDs.inspect,
  null,
  CommandIDs.copyCID,
  CommandIDs.copyLink,
  null,
  CommandIDs.download,
  CommandIDs.saveCAR,
  CommandIDs.send,
  CommandIDs.copyTo,
  CommandIDs.serve,
  CommandIDs.stopServing,
  CommandIDs.publish,
  null,
  CommandIDs.showCopies,
  CommandIDs.rename,
  CommandIDs.showVersions,
  null,
  CommandIDs.keep,
  CommandIDs.unpin,
  CommandIDs.forget
];

/**
 * Open the browser's own dialog for files, or for one folder with all below it.
 *
 * @returns What was chosen; nothing if the dialog was closed.
 */
export function chooseFromDesktop(kind: 'files' | 'folder'): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = kind === 'folder';
  return new Promise(resolve => {
    input.addEventListener('change', () =>
      resolve(Array.from(input.files ?? []))
    );
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

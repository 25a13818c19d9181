// The page's half of WalletButton: finds wallets (EIP-6963, else window.ethereum), and lets one
// sign what the kernel has made. Nothing of a wallet's or the kernel's is ever markup: text only.

const LOOK_MS = 200; // wallets announce themselves at once; a busy page may take a moment
const KERNEL_MS = 20_000; // a kernel that runs a cell hears of us when that has ended
const PRACTICE_RDNS = 'jupyter-ipfs.practice'; // JupyterLab's own; here the kernel has the account

/** Ask the wallets of this page to announce themselves. */
async function wallets() {
  const found = new Map();
  const note = event => {
    const { info, provider } = event.detail ?? {};
    if (typeof provider?.request === 'function' && info?.rdns !== PRACTICE_RDNS) {
      found.set(info?.uuid ?? provider, { name: String(info?.name ?? 'Wallet'), provider });
    }
  };
  window.addEventListener('eip6963:announceProvider', note);
  window.dispatchEvent(new Event('eip6963:requestProvider'));
  await new Promise(done => setTimeout(done, LOOK_MS));
  window.removeEventListener('eip6963:announceProvider', note);
  if (found.size === 0 && typeof window.ethereum?.request === 'function') {
    found.set('injected', { name: 'Browser wallet', provider: window.ethereum });
  }
  return [...found.values()];
}

/** Send a message to the kernel and return its answer. */
function ask(model, content) {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte =>
    byte.toString(16).padStart(2, '0')
  ).join('');
  return new Promise((done, failed) => {
    const listen = answer => {
      if (answer?.id !== id) {
        return;
      }
      stop();
      if (answer.error) {
        failed(new Error(answer.error));
      } else {
        done(answer);
      }
    };
    const late = setTimeout(() => {
      stop();
      failed(new Error('The kernel does not answer: it runs a cell, or has been restarted.'));
    }, KERNEL_MS);
    const stop = () => {
      clearTimeout(late);
      model.off('msg:custom', listen);
    };
    model.on('msg:custom', listen);
    model.send({ ...content, id });
  });
}

function hex(text) {
  return (
    '0x' +
    Array.from(new TextEncoder().encode(text), byte => byte.toString(16).padStart(2, '0')).join('')
  );
}

/** Let one wallet sign in. */
async function signIn(model, { name, provider }) {
  const accounts = await provider.request({ method: 'eth_requestAccounts' });
  const address = String(accounts?.[0] ?? '');
  const origin = window.location.origin;
  const { message } = await ask(model, { do: 'challenge', origin, address });
  const signature = await provider.request({
    method: 'personal_sign',
    params: [hex(message), address]
  });
  await ask(model, { do: 'signed', message, signature: String(signature), wallet: name });
}

/** Words for what a wallet throws (EIP-1193's codes). */
function words(error) {
  if (error?.code === 4001) {
    return 'Declined in the wallet. Nothing was done.';
  }
  if (error?.code === -32002) {
    return 'The wallet is waiting for you already: open it.';
  }
  return String(error?.message ?? error);
}

function render({ model, el }) {
  const box = document.createElement('div');
  const buttons = document.createElement('div');
  const status = document.createElement('div');
  const said = document.createElement('div');
  box.className = 'jupyter-ipfs-wallet';
  status.setAttribute('role', 'status');
  said.setAttribute('role', 'alert');
  box.append(status, buttons, said);
  el.append(box);

  const button = (label, action) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'jupyter-widgets jupyter-button widget-button jupyter-ipfs-wallet-button';
    made.style.width = 'auto';
    made.textContent = label;
    made.addEventListener('click', async () => {
      said.textContent = '';
      for (const each of buttons.children) {
        each.disabled = true;
      }
      try {
        await action();
      } catch (error) {
        said.textContent = words(error);
        draw();
      }
    });
    return made;
  };

  const choose = async () => {
    status.textContent = 'Looking for wallets …';
    const found = await wallets();
    if (found.length === 1) {
      return sign(found[0]);
    }
    if (found.length === 0) {
      throw new Error(
        'No wallet was found in this browser. Without one: %wallet open key.json or %wallet practice'
      );
    }
    status.textContent = 'Which wallet?';
    buttons.replaceChildren(
      ...found.map(wallet => button(wallet.name, () => sign(wallet))),
      button('Cancel', async () => draw())
    );
  };

  const sign = async wallet => {
    status.textContent = `Sign the message in ${wallet.name}.`;
    await signIn(model, wallet);
    draw();
  };

  const draw = () => {
    const { address, chain, practice } = model.get('_shown') ?? {};
    const where = practice ?? chain;
    status.textContent = address ? `Signed in: ${address}. ${where}` : 'Not signed in';
    const offered = address
      ? [button('Sign out', () => ask(model, { do: 'sign-out' }))]
      : [button('Sign in with a wallet', choose)];
    if (practice && !address) {
      offered.push(button(practice, () => ask(model, { do: 'practice' })));
    }
    buttons.replaceChildren(...offered);
  };

  model.on('change:_shown', draw);
  draw();
  return () => model.off('change:_shown', draw);
}

export default { render };

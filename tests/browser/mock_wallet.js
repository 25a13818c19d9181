// A wallet as browser extensions have it: EIP-1193, told of by EIP-6963. It has no keys; what it
// is asked, the Python test answers. Evaluated with its description before the page's own code.
description => {
  const listeners = new Map();
  const provider = {
    async request({ method, params }) {
      const answer = await window[description.function](method, params ?? []);
      if (answer.hangs) {
        return new Promise(() => undefined);
      }
      if (answer.error) {
        throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
      }
      return answer.result;
    },
    on(event, listener) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      return provider;
    },
    removeListener(event, listener) {
      listeners.set(event, (listeners.get(event) ?? []).filter(each => each !== listener));
      return provider;
    }
  };
  window[`${description.function}Emit`] = (event, value) => {
    for (const listener of listeners.get(event) ?? []) {
      listener(value);
    }
  };
  if (description.injected) {
    window.ethereum = provider;
    return;
  }
  const { uuid, name, rdns, icon } = description;
  const announce = () => {
    const detail = Object.freeze({ info: Object.freeze({ uuid, name, rdns, icon }), provider });
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  };
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
}

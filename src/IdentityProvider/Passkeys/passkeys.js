// The ceremonies of WebAuthn. A form carries options and words, and is sent with the answer; without one the server says so.

const able = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON && navigator.credentials;
let waiting = null;

const capable = async name => (await PublicKeyCredential.getClientCapabilities?.())?.[name];

// For the server to offer a passkey after a password, on devices that can keep one.
const remember = async () => {
  const can = await capable("passkeyPlatformAuthenticator") ?? await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  document.cookie = `passkey-device=1; path=/; samesite=lax; max-age=${can ? 3600 : 0}`;
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const { passkey: kind, options: source } = form.dataset;
  const { credential, challenge, staysignedin, conditional } = form.elements;
  const button = form.querySelector("button");
  const status = form.appendChild(document.createElement("p"));
  status.setAttribute("role", "status");
  let question = null;
  let pressed = false;

  const ask = mediation => {
    waiting = new AbortController();
    const { signal } = waiting;
    const options = JSON.parse(question.options);
    return kind === "create"
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options), mediation, signal })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), mediation, signal });
  };

  const send = (answer, silent) => {
    credential.value = JSON.stringify(answer);
    challenge.value = question.challenge;
    if (silent && conditional) conditional.value = "true";
    if (staysignedin && document.getElementById("staysignedin")?.checked) staysignedin.value = "true";
    form.requestSubmit(button);
  };

  // Without a question: a passkey among the names to fill in, or a new one beside a password just filled in.
  const offer = async possible => {
    try {
      if (await possible) send(await ask("conditional"), true);
    } catch {
      // Nobody chose one, or something else went first. The button is still there.
    }
  };

  const prepare = async () => {
    if (pressed) return;
    try {
      const answer = await fetch(source, { method: "POST" });
      question = answer.ok ? await answer.json() : null;
    } catch {
      question = null;
    }
    if (pressed) return;
    waiting?.abort();
    if (question) offer(PublicKeyCredential.isConditionalMediationAvailable?.());
  };

  form.addEventListener("submit", async event => {
    if (!able || credential.value) return;
    event.preventDefault();
    // Before the listener that lets a form be sent once.
    event.stopImmediatePropagation();
    if (pressed) return;
    waiting?.abort();
    status.textContent = "";
    pressed = true;
    try {
      send(await ask());
    } catch (error) {
      const { exists, unsupported, failed } = form.dataset;
      // NotAllowedError: cancelled, or none there; the browser has said so.
      status.textContent = { NotAllowedError: "", InvalidStateError: exists, NotSupportedError: unsupported }[error.name] ?? `${failed} (${error.name})`;
      button.focus();
      pressed = false;
      if (source[0] !== "{") prepare();
    }
  }, { capture: true });

  // The Back button may show this very document again, with an answer that was taken.
  addEventListener("pageshow", () => { credential.value = ""; });
  if (!able) continue;
  if (source[0] === "{") {
    question = { options: source, challenge: challenge.value };
    if (form.dataset.conditional) offer(capable("conditionalCreate"));
  } else {
    remember();
    // Before the button is pressed: Safari asks only while the press is fresh. Options hold for five minutes.
    prepare();
    setInterval(prepare, 240000);
    addEventListener("submit", event => { if (event.target !== form) waiting?.abort(); }, { capture: true });
  }
}

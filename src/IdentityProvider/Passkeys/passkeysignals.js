// Tells the person's password manager what the server knows (WebAuthn Level 3 section 5.1.10), so that it stops offering what is gone.

for (const element of document.querySelectorAll("[data-passkey-signals]")) {
  for (const [name, options] of Object.entries(JSON.parse(element.dataset.passkeySignals))) {
    // A signal is a courtesy: a browser that does not know it, or does not care, changes nothing here.
    globalThis.PublicKeyCredential?.[name]?.(options).catch(() => {});
  }
}

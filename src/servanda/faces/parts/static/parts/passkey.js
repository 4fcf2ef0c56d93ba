// Asks the browser for a passkey, or to make one, and sends the answer with the form it belongs to. Without this file,
// or in a browser without passkeys, the form's other ways remain.
const can = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-use]");
  const failed = form.querySelector("[data-passkey-failed]");
  const isNew = form.dataset.passkeyNew !== undefined;
  if (!can || !button) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    failed.hidden = true;
    try {
      const asked = JSON.parse(form.dataset.passkey);
      const answer = isNew
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
      form.elements[form.dataset.field].value = JSON.stringify(answer);
      form.submit();
    } catch {
      failed.hidden = false;
      failed.setAttribute("role", "alert");
    }
  });
}

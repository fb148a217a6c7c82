// Copy and share buttons. Without this script the address and the code can be selected as text.
"use strict";

const sharing = document.getElementById("sharing");
const told = sharing.querySelector("[data-part=told]");

for (const button of sharing.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      told.textContent = sharing.dataset.done;
    } catch {
      told.textContent = sharing.dataset.failed;
    }
  });
}
const share = sharing.querySelector("[data-share]");
if (navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ title: document.title, url: share.dataset.share }).catch(() => {}));
}

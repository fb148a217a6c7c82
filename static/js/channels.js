// Says which service an address is of, as soon as it's pasted. Without a script the server says it.
"use strict";

{
  const input = document.getElementById("id_address");
  const known = document.getElementById("known_address");

  if (input && known) {
    const patterns = JSON.parse(input.dataset.patterns).map(([label, text]) => [label, new RegExp(`^(?:${text})$`, "i")]);
    const look = () => {
      const address = input.value.trim();
      const found = address.length < 2000 && patterns.find(([, pattern]) => pattern.test(address));
      known.querySelector("strong").textContent = found ? found[0] : "";
      known.hidden = !found;
    };
    input.addEventListener("input", look);
    look();
  }
}

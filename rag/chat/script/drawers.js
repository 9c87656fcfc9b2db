// The settings and the conversations: drawers of which one at most is open.
const openerOf = (id) => document.getElementById(id.replace("musnad-", "musnad-to-"));

function toggle(id, open) {
  const drawer = document.getElementById(id);
  const opening = open ?? !drawer.classList.contains("open");
  for (const other of all(".musnad-drawer")) {
    const shown = other === drawer && opening;
    other.classList.toggle("open", shown);
    other.inert = !shown;
    openerOf(other.id)?.setAttribute("aria-expanded", String(shown));
  }
  (opening ? one(".musnad-close", drawer) : openerOf(id))?.focus();
}

function furnish(drawer) {
  if (one(".musnad-drawer-head", drawer)) return;
  const name = words[drawer.id.replace("musnad-", "")];
  drawer.setAttribute("role", "dialog");
  drawer.setAttribute("aria-label", name);
  drawer.inert = true;
  const close = button("close", "×", () => toggle(drawer.id, false));
  close.setAttribute("aria-label", words.close);
  drawer.prepend(
    made("div", { className: "musnad-drawer-head" }, made("h2", { textContent: name }), close),
  );
  const opener = openerOf(drawer.id);
  opener?.setAttribute("aria-expanded", "false");
  opener?.setAttribute("aria-controls", drawer.id);
}

// Events of the whole page, and what Gradio's components call by name.
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    const opener = event.target.closest?.("[data-open]");
    const copier = event.target.closest?.("#musnad-chat button[data-icon='copy']");
    if (link && /^#[sm]\d+-\d+$/.test(link.getAttribute("href"))) {
      event.preventDefault();
      const id = link.getAttribute("href").slice(1);
      (id[0] === "s" ? toSource : toAnswer)(id);
    } else if (opener && server) openArticle(opener);
    else if (copier) {
      // Gradio would copy the message's HTML.
      event.stopImmediatePropagation();
      copy(plain(copier.closest(".message-buttons").previousElementSibling));
    }
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const drawer = one(".musnad-drawer.open");
  if (event.key === "Escape" && drawer) toggle(drawer.id, false);
});

Object.assign(window.musnad, { toggle, switchLanguage, conversations, direction });

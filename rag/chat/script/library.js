// The buttons inside the library page's HTML, and where the focus goes when it is drawn anew.
let pressed = "";
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-does]");
  if (!button || button.disabled) return;
  pressed = button.dataset.key;
  if (button.dataset.does === "open") {
    for (const row of document.querySelectorAll(".musnad-lib-table tr[aria-current]"))
      row.removeAttribute("aria-current");
    button.closest("tr")?.setAttribute("aria-current", "true");
  }
  event.preventDefault();
  const typed = Object.fromEntries(new FormData(button.form || undefined));
  trigger("click", { ...typed, ...button.dataset });
});
watch("value", () => {
  const asked = element.querySelector("[data-focus]");
  const again =
    pressed && element.querySelector(`button[data-key="${CSS.escape(pressed)}"]:not(:disabled)`);
  const closed =
    pressed.startsWith("close") &&
    document.querySelector(".musnad-lib-table tr[aria-current] button");
  const pager = pressed.startsWith("page") && element.querySelector(".musnad-lib-pager button:not(:disabled)");
  const target = asked || again || closed || pager;
  if (!target) return;
  if (pressed.startsWith("page")) element.scrollIntoView({ block: "start" });
  pressed = "";
  target.focus({ preventScroll: false });
});

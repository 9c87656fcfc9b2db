// Conversations, kept in this browser.
const KEY = "musnad.conversation.";
const CURRENT = "musnad.current";
const MOST_CONVERSATIONS = 100;

function stored() {
  const found = [];
  for (let n = 0; n < localStorage.length; n++) {
    const key = localStorage.key(n);
    if (!key.startsWith(KEY)) continue;
    try {
      found.push(JSON.parse(localStorage.getItem(key)));
    } catch {
      localStorage.removeItem(key);
    }
  }
  return found.sort((a, b) => (b.saved || 0) - (a.saved || 0));
}

function conversations({ element, props, watch, server: functions, open }) {
  server = functions;
  let current = null;

  const begin = (conversation) => {
    current = conversation;
    if (conversation) sessionStorage.setItem(CURRENT, conversation.id);
    else sessionStorage.removeItem(CURRENT);
    open(JSON.stringify(conversation));
    draw();
  };

  function row(conversation) {
    const title = conversation.title || "…";
    const opener = button("kept", title, () => {
      begin(conversation);
      toggle("musnad-conversations", false);
    });
    opener.dir = direction(title);
    if (conversation.id === current?.id) opener.setAttribute("aria-current", "true");
    const remove = button("delete", "×", () => {
      if (!confirm(words.delete_sure)) return;
      localStorage.removeItem(KEY + conversation.id);
      if (conversation.id === current?.id) begin(null);
      else draw();
      one(".musnad-new", element)?.focus();
    });
    remove.title = said("delete_conversation", { title });
    remove.setAttribute("aria-label", remove.title);
    return made("li", {}, opener, remove);
  }

  function draw() {
    const list = one(".musnad-list", element);
    const kept = stored();
    const fresh = button("new_conversation", words.new_conversation, () => {
      begin(null);
      toggle("musnad-conversations", false);
      one("#musnad-question textarea")?.focus();
    });
    fresh.classList.add("musnad-new");
    const save = button("export_markdown", words.export_markdown, () => exported("markdown"));
    const print = button("print_page", words.print_page, () => exported("page"));
    save.disabled = print.disabled = !current?.exchanges?.length;
    list.replaceChildren(
      fresh,
      kept.length
        ? made("ul", {}, ...kept.map(row))
        : made("p", { className: "musnad-empty", textContent: words.no_conversations }),
      made("div", { className: "musnad-exports" }, save, print),
      made("p", { className: "musnad-hint", textContent: words.stored_here }),
    );
  }

  async function exported(kind) {
    // A window opened later, after waiting, would be taken for an advertisement.
    const view = kind === "page" ? window.open("", "_blank") : null;
    const text = await server.export({ conversation: JSON.stringify(current), kind, language });
    const blob = new Blob([text], { type: kind === "page" ? "text/html" : "text/markdown" });
    const url = URL.createObjectURL(blob);
    if (view) view.location = url;
    else made("a", { href: url, download: "musnad.md" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  function save() {
    const conversation = JSON.parse(props.value || "null");
    if (!conversation?.id) return draw();
    current = conversation;
    if (conversation.exchanges.length) {
      try {
        localStorage.setItem(KEY + conversation.id, JSON.stringify({ ...conversation, saved: Date.now() }));
        sessionStorage.setItem(CURRENT, conversation.id);
        for (const old of stored().slice(MOST_CONVERSATIONS)) localStorage.removeItem(KEY + old.id);
      } catch {
        tell(words.storage_full);
      }
    } else localStorage.removeItem(KEY + conversation.id);
    draw();
  }

  watch("value", save);
  window.addEventListener("storage", draw);
  const last = stored().find(({ id }) => id === sessionStorage.getItem(CURRENT));
  draw();
  if (last) begin(last);
}

/* What the page does in the browser: directions, drawers, sources, articles, conversations. */
(() => {
  const { language, cookie, words } = window.musnad;
  const KEY = "musnad.conversation.";
  const CURRENT = "musnad.current";
  const DRAFT = "musnad.draft";
  const MOST_CONVERSATIONS = 100;

  // What was typed before the language was switched.
  let draft = sessionStorage.getItem(DRAFT);
  sessionStorage.removeItem(DRAFT);

  // Gradio takes the browser's language for the reader's.
  Object.defineProperty(navigator, "language", { get: () => language, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [language], configurable: true });

  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const made = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const said = (name, values = {}) =>
    Object.entries(values).reduce((text, [k, v]) => text.replaceAll(`{${k}}`, v), words[name]);
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const show = (element, block = "nearest") =>
    element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

  /* --- direction: that of most letters, not of the first one --------------------------------- */

  function direction(text) {
    const arabic = (text.match(/\p{Script=Arabic}/gu) || []).length;
    const latin = (text.match(/\p{Script=Latin}/gu) || []).length;
    if (arabic === latin) return language === "ar" ? "rtl" : "ltr";
    return arabic > latin ? "rtl" : "ltr";
  }

  function follow(field) {
    const set = () => (field.dir = direction(field.value));
    set();
    if (field.dataset.follows) return;
    field.dataset.follows = "yes";
    field.addEventListener("input", set);
  }

  function type(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* --- telling: a line that is seen, and read out --------------------------------------------- */

  function tell(text) {
    let line = one("#musnad-told");
    if (!line) document.body.append((line = made("div", { id: "musnad-told", role: "status" })));
    line.textContent = text;
    line.classList.add("shown");
    clearTimeout(tell.timer);
    tell.timer = setTimeout(() => line.classList.remove("shown"), 4000);
  }

  /* --- the language of the page ----------------------------------------------------------------- */

  function switchLanguage() {
    const other = language === "ar" ? "en" : "ar";
    const year = 365 * 24 * 3600;
    document.cookie = `${cookie}=${other}; path=/; max-age=${year}; SameSite=Strict`;
    sessionStorage.setItem(DRAFT, one("#musnad-question textarea")?.value || "");
    location.reload();
  }

  /* --- drawers ------------------------------------------------------------------------------------ */

  function toggle(id, open) {
    const drawer = document.getElementById(id);
    const opening = open ?? !drawer.classList.contains("open");
    for (const other of all(".musnad-drawer")) {
      const shown = other === drawer && opening;
      other.classList.toggle("open", shown);
      other.inert = !shown;
      const button = document.getElementById(other.id.replace("musnad-", "musnad-to-"));
      button?.setAttribute("aria-expanded", String(shown));
    }
    const button = document.getElementById(id.replace("musnad-", "musnad-to-"));
    (opening ? one(".musnad-close", drawer) : button)?.focus();
  }

  function furnish(drawer) {
    if (one(".musnad-drawer-head", drawer)) return;
    const name = words[drawer.id.replace("musnad-", "")];
    drawer.setAttribute("role", "dialog");
    drawer.setAttribute("aria-label", name);
    drawer.inert = true;
    const button = made("button", { type: "button", className: "musnad-close", textContent: "×" });
    button.setAttribute("aria-label", words.close);
    button.addEventListener("click", () => toggle(drawer.id, false));
    drawer.prepend(
      made("div", { className: "musnad-drawer-head" }, made("h2", { textContent: name }), button),
    );
    const opener = document.getElementById(drawer.id.replace("musnad-", "musnad-to-"));
    opener?.setAttribute("aria-expanded", "false");
    opener?.setAttribute("aria-controls", drawer.id);
  }

  /* --- sources ------------------------------------------------------------------------------------- */

  function flash(element) {
    element.classList.remove("musnad-flash");
    void element.offsetWidth;
    element.classList.add("musnad-flash");
  }

  function toSource(id) {
    const card = document.getElementById(id);
    if (!card) return;
    const section = card.closest(".musnad-sources");
    for (const other of all(".musnad-sources")) other.hidden = other !== section;
    card.focus({ preventScroll: true });
    show(card);
    flash(card);
  }

  function toAnswer(id) {
    const marker = document.getElementById(id);
    if (!marker) return;
    marker.focus({ preventScroll: true });
    show(marker, "center");
    flash(marker);
  }

  /* --- an article ------------------------------------------------------------------------------------ */

  let server = null;
  let dialog = null;

  function articleDialog() {
    if (dialog) return dialog;
    const button = (name, text, act) => {
      const made_ = made("button", { type: "button", className: `musnad-${name}`, textContent: text });
      made_.addEventListener("click", act);
      return made_;
    };
    const close = button("close", "×", () => dialog.close());
    close.setAttribute("aria-label", words.close);
    const where = made("span", { className: "musnad-where", role: "status" });
    const bar = made(
      "div",
      { className: "musnad-article-bar" },
      button("previous", words.previous_mark, () => step(-1)),
      where,
      button("next", words.next_mark, () => step(1)),
      close,
    );
    dialog = made("dialog", { id: "musnad-article" }, bar, made("article"));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    (one(".gradio-container") || document.body).append(dialog);
    return dialog;
  }

  const marks = () => [...new Set(all("mark[data-mark]", dialog).map((mark) => mark.dataset.mark))];

  function atMark(n) {
    const names = marks();
    for (const mark of all("mark[data-mark]", dialog))
      mark.classList.toggle("musnad-current", mark.dataset.mark === names[n]);
    one(".musnad-where", dialog).textContent = said("mark_of", { n: n + 1, all: names.length });
    const mark = one("mark.musnad-current", dialog);
    mark?.focus({ preventScroll: true });
    mark?.scrollIntoView({ block: "center" });
    for (const name of ["previous", "next"])
      one(`.musnad-${name}`, dialog).hidden = names.length < 2;
  }

  function step(by) {
    const names = marks();
    const now = names.indexOf(one("mark.musnad-current", dialog)?.dataset.mark);
    atMark((now + by + names.length) % names.length);
  }

  async function openArticle(opener) {
    const asked = JSON.parse(opener.dataset.open);
    // Marks for every citation of this answer in this article; a found passage has its own.
    const section = opener.closest(".musnad-sources");
    const cited = all(".musnad-card [data-open]", section).map((b) => JSON.parse(b.dataset.open));
    const here = cited.filter((other) => other.article === asked.article);
    const spans = asked.exchange === null ? [asked] : here;
    asked.marks = spans.map(({ start, end }) => [start, end]);
    asked.language = language;
    const view = articleDialog();
    const body = one("article", view);
    body.replaceChildren(made("p", { className: "musnad-note", textContent: words.loading }));
    view.setAttribute("aria-label", words.article);
    if (!view.open) view.showModal();
    try {
      body.innerHTML = await server.open_article(asked);
    } catch (error) {
      body.replaceChildren(made("p", { textContent: `${words.failed} ${error}` }));
      return;
    }
    const names = marks();
    if (names.length) atMark(names.indexOf(one("mark.musnad-current", view)?.dataset.mark));
    else for (const part of [".musnad-where", ".musnad-previous", ".musnad-next"])
      one(part, view).replaceChildren();
  }

  /* --- copying ------------------------------------------------------------------------------------------ */

  function plain(row) {
    const answer = one(".musnad-answer, .musnad-asked", row);
    const lines = all("p:not(.musnad-note)", answer || row).map((p) => p.textContent);
    const first = one(".musnad-marker", row)?.getAttribute("href")?.match(/^#s(\d+)-/);
    const cards = first ? all(`#sources-${first[1]} .musnad-card`) : [];
    const sources = cards.map((card) => {
      const text = (part) => one(part, card)?.textContent.trim() || "";
      return `${text(".musnad-number")} ${text("strong")} (${text(".musnad-about")}): «${text("mark")}»`;
    });
    return [...lines, ...(sources.length ? ["", ...sources] : [])].join("\n");
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Not a secure context, or not allowed: the old way.
      const field = made("textarea", { value: text });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    tell(words.copied);
  }

  /* --- conversations, kept in this browser ------------------------------------------------------------------ */

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
      const way = direction(title);
      const opener = made("button", { type: "button", className: "musnad-kept", dir: way, textContent: title });
      if (conversation.id === current?.id) opener.setAttribute("aria-current", "true");
      opener.addEventListener("click", () => (begin(conversation), toggle("musnad-conversations", false)));
      const remove = made("button", { type: "button", className: "musnad-delete", textContent: "×" });
      remove.setAttribute("aria-label", said("delete_conversation", { title }));
      remove.title = remove.getAttribute("aria-label");
      remove.addEventListener("click", () => {
        if (!confirm(words.delete_sure)) return;
        localStorage.removeItem(KEY + conversation.id);
        if (conversation.id === current?.id) begin(null);
        else draw();
        one(".musnad-new", element)?.focus();
      });
      return made("li", {}, opener, remove);
    }

    function draw() {
      const list = one(".musnad-list", element);
      const kept = stored();
      const button = (name, act) => {
        const made_ = made("button", { type: "button", className: `musnad-${name}`, textContent: words[name] });
        made_.addEventListener("click", act);
        return made_;
      };
      const fresh = button("new_conversation", () => {
        begin(null);
        toggle("musnad-conversations", false);
        one("#musnad-question textarea")?.focus();
      });
      fresh.classList.add("musnad-new");
      const save = button("export_markdown", () => exported("markdown"));
      const print = button("print_page", () => exported("page"));
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

  /* --- events of the whole page ------------------------------------------------------------------------------- */

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

  /* --- what Gradio draws, made right ----------------------------------------------------------------------------- */

  // What Gradio calls the buttons beneath a message, in either language, and what we do.
  const ICONS = {
    "copy message": "copy",
    "copied message": "copy",
    edit: "edit",
    "تعديل": "edit",
    retry: "retry",
    undo: "undo",
    "تراجع": "undo",
    like: "like",
    "clicked like": "like",
    dislike: "dislike",
    "clicked dislike": "dislike",
    submit: "save_edit",
    "إرسال": "save_edit",
    cancel: "cancel_edit",
    "إلغاء": "cancel_edit",
    "إعادة المحاولة": "retry",
    "إعجاب": "like",
    "عدم الإعجاب": "dislike",
  };

  // What Gradio names in English only.
  const NAMES = [
    ["#musnad-chat [role='log']", "chat_label"],
    ["#musnad-passages button", "reset"],
    ["#musnad-passages input", "passages"],
  ];

  // Where directions are those of the words, not of the page.
  const OURS = ".musnad-answer, .musnad-asked, .musnad-note, .musnad-trouble, .musnad-lib, #musnad-panel section, dialog, .musnad-list";

  function tidy() {
    for (const message of all("#musnad-chat [data-testid='user'], #musnad-chat [data-testid='bot']")) {
      const name = message.dataset.testid === "user" ? words.asked : words.answered;
      if (message.getAttribute("aria-label") !== name) {
        // Gradio reads out the message's HTML as its name.
        message.setAttribute("role", "group");
        message.setAttribute("aria-label", name);
      }
    }
    for (const button of all("#musnad-chat .message-buttons button[aria-label]")) {
      const does = ICONS[button.getAttribute("aria-label").toLowerCase()];
      if (!does) continue;
      button.dataset.icon = does;
      button.title = words[does];
      button.setAttribute("aria-label", words[does]);
    }
    for (const icon of all("#musnad-chat button svg[aria-label]")) {
      icon.removeAttribute("aria-label");
      icon.setAttribute("aria-hidden", "true");
    }
    for (const list of all("#musnad-chat .examples[role='list']")) {
      // A list of buttons, not of items.
      list.setAttribute("role", "group");
      list.setAttribute("aria-label", words.examples);
    }
    for (const [id, name] of [["submit-button", "send_question"], ["stop-button", "stop"]])
      for (const button of all(`#musnad-question .${id}`)) {
        button.title = words[name];
        button.setAttribute("aria-label", words[name]);
      }
    for (const field of all("#musnad-chat textarea.edit-textarea")) {
      if (field.value.startsWith("<div class=\"musnad-asked\">")) {
        const page = new DOMParser().parseFromString(field.value, "text/html");
        type(field, all("p", page).map((p) => p.textContent).join("\n"));
        field.setAttribute("aria-label", words.question_label);
      }
      follow(field);
    }
    for (const [selector, name] of NAMES)
      for (const element of all(selector))
        if (element.getAttribute("aria-label") !== words[name]) {
          element.setAttribute("aria-label", words[name]);
          element.removeAttribute("title");
        }
    for (const field of all("#musnad-question textarea, #musnad-why textarea")) follow(field);
    for (const drawer of all(".musnad-drawer")) furnish(drawer);
    if (!one("#musnad-skip")) {
      const skip = made("button", { id: "musnad-skip", type: "button", textContent: words.skip_to_question });
      skip.addEventListener("click", () => one("#musnad-question textarea")?.focus());
      one("#musnad-header")?.prepend(skip);
    }
    // Gradio says "ltr" on every block, whatever the page is; our own blocks have theirs inside.
    if (language === "ar")
      for (const block of all(".gradio-container :is(.block, [data-testid], .prose, span, p)[dir='ltr']"))
        if (!block.closest(OURS) && !/^(textarea|input)$/i.test(block.tagName)) block.dir = "rtl";
    const other = one("#musnad-to-other_language");
    if (other) other.lang = language === "ar" ? "en" : "ar";
    const asksWhy = !!one("#musnad-why")?.checkVisibility();
    if (asksWhy && !askedWhy) show(one("#musnad-why"), "center");
    askedWhy = asksWhy;
    const rows = all("#musnad-chat .user-row");
    // Where the page scrolls, not the chat in it, the last question is brought to the top.
    if (rows.length > asked && matchMedia("(max-width: 820px)").matches) show(rows.at(-1), "start");
    asked = rows.length;
    const box = one("#musnad-question textarea");
    if (draft && box && one(".musnad-status")) {
      type(box, draft);
      draft = "";
    }
  }

  let asked = 0;
  let askedWhy = false;
  let waiting = false;
  const observer = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      tidy();
    });
  });
  observer.observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-label"],
  });

  Object.assign(window.musnad, { toggle, switchLanguage, conversations, direction });
})();

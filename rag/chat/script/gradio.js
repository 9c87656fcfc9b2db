// What Gradio draws, made right.

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
    const toQuestion = () => one("#musnad-question textarea")?.focus();
    const skip = button("skip", words.skip_to_question, toQuestion);
    skip.id = "musnad-skip";
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

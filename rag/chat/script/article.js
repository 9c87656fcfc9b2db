// A whole article in a dialog, opened at the words that were cited.
let server = null;
let dialog = null;

function articleDialog() {
  if (dialog) return dialog;
  const close = button("close", "×", () => dialog.close());
  close.setAttribute("aria-label", words.close);
  const where = made("span", { className: "musnad-where", role: "status" });
  const bar = made(
    "div",
    { className: "musnad-article-bar" },
    button("previous", words.previous, () => step(-1)),
    where,
    button("next", words.next, () => step(1)),
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
  const same = (other) => other.article === asked.article && other.label === asked.label;
  const here = cited.filter(same);
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

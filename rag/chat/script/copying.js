// An answer as text with its sources, instead of the HTML that Gradio would copy.
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

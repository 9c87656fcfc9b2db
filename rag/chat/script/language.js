// The language of the page, and the switch to the other one.
const DRAFT = "musnad.draft";

// What was typed before the language was switched.
let draft = sessionStorage.getItem(DRAFT);
sessionStorage.removeItem(DRAFT);

// Gradio takes the browser's language for the reader's.
Object.defineProperty(navigator, "language", { get: () => language, configurable: true });
Object.defineProperty(navigator, "languages", { get: () => [language], configurable: true });

function switchLanguage() {
  const other = language === "ar" ? "en" : "ar";
  const year = 365 * 24 * 3600;
  document.cookie = `${cookie}=${other}; path=/; max-age=${year}; SameSite=Strict`;
  sessionStorage.setItem(DRAFT, one("#musnad-question textarea")?.value || "");
  location.reload();
}

// What every other file of the page uses: its words, its elements, directions, telling.
const { language, cookie, words } = window.musnad;

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
const button = (name, text, act) => {
  const element = made("button", { type: "button", className: `musnad-${name}`, textContent: text });
  element.addEventListener("click", act);
  return element;
};

// The direction of most letters, not of the first one.
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

// A line that is seen, and read out.
function tell(text) {
  let line = one("#musnad-told");
  if (!line) document.body.append((line = made("div", { id: "musnad-told", role: "status" })));
  line.textContent = text;
  line.classList.add("shown");
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => line.classList.remove("shown"), 4000);
}

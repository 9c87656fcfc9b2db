// From a marker to its source and back.
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
  marker.closest("details")?.setAttribute("open", "");
  marker.focus({ preventScroll: true });
  show(marker, "center");
  flash(marker);
}

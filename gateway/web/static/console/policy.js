// Dragging rules and guards into order, and marking fields that are wrong for those who cannot see the colour.
// Everything here has a way without script: buttons move, and the page shows problems when it comes back.
const mark = () =>
  document.querySelectorAll("[data-live] [aria-describedby]").forEach((field) => {
    const note = field.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id)).find((one) => one?.matches(".field-note"));
    if (note?.childElementCount) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  });
new MutationObserver(mark).observe(document.body, { childList: true, subtree: true });
mark();

let dragged = null;
const entryAt = (target) => target.closest?.(".entries[data-kind] > .entry");
for (const entry of document.querySelectorAll(".entries[data-kind] > .entry")) {
  const form = entry.querySelector("[data-drop]");
  if (!form) continue;
  const grip = document.createElement("span");
  grip.className = "grip";
  grip.draggable = true;
  grip.title = "Drag to move; the arrows do the same";
  grip.setAttribute("aria-hidden", "true");
  grip.textContent = "⠿";
  entry.querySelector(".entry-head").prepend(grip);
  grip.addEventListener("dragstart", (event) => {
    dragged = { entry, form };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", entry.id);
    event.dataTransfer.setDragImage(entry, 10, 10);
  });
  grip.addEventListener("dragend", () => {
    document.querySelectorAll(".drop-here").forEach((one) => one.classList.remove("drop-here"));
    dragged = null;
  });
}
document.addEventListener("dragover", (event) => {
  const over = entryAt(event.target);
  if (!dragged || !over || over.parentElement !== dragged.entry.parentElement) return;
  event.preventDefault();
  document.querySelectorAll(".drop-here").forEach((one) => one.classList.remove("drop-here"));
  over.classList.add("drop-here");
});
document.addEventListener("drop", (event) => {
  const over = entryAt(event.target);
  if (!dragged || !over || over === dragged.entry) return;
  event.preventDefault();
  dragged.form.elements.to.value = over.dataset.position;
  dragged.form.submit();
});

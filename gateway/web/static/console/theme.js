// The theme that was chosen, or the system's; Tabler reads it from the root element.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => {
  const { theme } = document.documentElement.dataset;
  const chosen = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  document.documentElement.setAttribute("data-bs-theme", chosen);
};
dark.addEventListener("change", follow);
follow();

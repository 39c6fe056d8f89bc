// Before anything is drawn: the theme that was chosen, and that scripts run at all.
{
  const root = document.documentElement;
  root.classList.add("js");
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
}

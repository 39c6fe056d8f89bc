// Runs before anything is drawn: sets the chosen theme, and marks that scripts run.
{
  const root = document.documentElement;
  root.classList.add("js");
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
}

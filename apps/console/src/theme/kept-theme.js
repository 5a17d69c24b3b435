// Loaded before anything is shown, so that a page in the colours of somebody's choice never flashes in others.
try {
  const theme = localStorage.getItem('promptory.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage in this browser: then the system says it.
}

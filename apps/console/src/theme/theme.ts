export type Theme = 'system' | 'light' | 'dark';

/** As `kept-theme.js` reads it before the page is shown. */
const NAME = 'promptory.theme';

/** Shows the page in these colours, and in this browser from now on. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, theme);
  } catch {
    // No storage: then it lasts as long as the page.
  }
}

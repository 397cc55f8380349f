// Puts the chosen appearance on the page before anything is painted.
// Kept apart from the console's code, because a module would run after the first paint.
(() => {
  try {
    const theme = localStorage.getItem('henji-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    const language = localStorage.getItem('henji-language');
    if (language === 'ja' || language === 'en') document.documentElement.lang = language;
  } catch {
    // Storage may be closed to us; the appearance of the machine is then used.
  }
})();

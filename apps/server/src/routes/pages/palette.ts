/** The colours of our pages, light and dark: each text has a contrast of 4.5 or more on what it stands on. */
export const palette = `
  :root {
    color-scheme: light dark;
    --page: #f4f5f7; --card: #fff; --text: #1c2127; --quiet: #555e69; --line: #868f9a; --edge: #dde1e6;
    --accent: #1d59b8; --on-accent: #fff; --fault: #a3201a; --fault-page: #fdecea; --good-page: #e7f4ec;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --page: #101317; --card: #181c22; --text: #e6e9ed; --quiet: #a3acb7; --line: #717b87; --edge: #2b323b;
      --accent: #8fb8f7; --on-accent: #0c1728; --fault: #ffb1a8; --fault-page: #3b1a17; --good-page: #15301f;
    }
  }
`;

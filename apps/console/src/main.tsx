import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './data/promptory.ts';
import { Pages } from './pages.tsx';
import { WithSession } from './session/with-session.tsx';
import { Frame } from './shell/frame.tsx';
import './theme/styles.css';

// The server has a newer console, without the files of this one: the page is loaded again, once.
window.addEventListener('vite:preloadError', (event) => {
  const reloaded = 'promptory.reloaded';
  if (sessionStorage.getItem(reloaded) === location.href) return;
  sessionStorage.setItem(reloaded, location.href);
  event.preventDefault();
  location.reload();
});

const element = document.getElementById('console');
if (element === null) throw new Error('The page has no element for the console.');
createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <WithSession>
        <Frame>
          <Pages />
        </Frame>
      </WithSession>
    </QueryClientProvider>
  </StrictMode>,
);

void import('./shell/kept-focus.ts').then(({ keepFocus }) => keepFocus());

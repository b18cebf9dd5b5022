// Builds the parts of the app and joins them.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './views/app';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

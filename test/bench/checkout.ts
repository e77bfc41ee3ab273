import { fileURLToPath } from 'node:url';

/** The checkout's folder, whether this runs from dist/ or from its source. */
export const root = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../..' : '../../..', import.meta.url));

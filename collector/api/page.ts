import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';

/** Nothing but this collector's own files runs, styles or is asked; names and labels that nodes send can only be text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** The page at `/` and what it loads; nothing in it comes from another host. */
export function pageRoutes(): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    // Asked again each time, answered 304 where nothing changed: a page never runs beside a collector of another version.
    response.setHeader('cache-control', 'no-cache');
    next();
  });
  router.use(express.static(viewerFolder(), { index: 'index.html', cacheControl: false }));
  return router;
}

function viewerFolder(): string {
  const built = fileURLToPath(new URL('../../dashboards/viewer/', import.meta.url));
  return existsSync(`${built}nodes.js`) ? built : fileURLToPath(new URL('../../dist/dashboards/viewer/', import.meta.url));
}

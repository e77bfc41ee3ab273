import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';

/** The page at `/` and what it loads; nothing in it comes from another host. */
export function pageRoutes(): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.setHeader('content-security-policy', "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'");
    response.setHeader('x-content-type-options', 'nosniff');
    next();
  });
  router.use(express.static(viewerFolder(), { index: 'index.html', cacheControl: false }));
  return router;
}

function viewerFolder(): string {
  const built = fileURLToPath(new URL('../../dashboards/viewer/', import.meta.url));
  return existsSync(`${built}index.html`) ? built : fileURLToPath(new URL('../../dist/dashboards/viewer/', import.meta.url));
}

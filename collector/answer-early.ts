import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** How long a refused sender's remaining bytes are read and thrown away. */
const LINGER_MS = 5000;

/** Answers a request of whose body something may not have been read; then the connection is closed once the sender has had time to see the answer. */
export function answerEarly(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string,
): void {
  if (request.complete) return void response.writeHead(status, headers).end(body);
  // What is left of a body that was not read would be taken for the next request. The answer goes out whole at once, but a
  // connection closed while the sender still writes would be reset, and the answer lost with it.
  response.writeHead(status, { ...headers, connection: 'close' }).write(body);
  const end = (): void => void response.end();
  const patience = setTimeout(end, LINGER_MS).unref();
  request
    .once('close', () => clearTimeout(patience))
    .once('close', end)
    .once('end', end)
    .resume();
}

/** Where in a question something stands, as Prometheus tells it: line and column from 1, columns counted in bytes of UTF-8. */
export function lineColumn(text: string, at: number): string {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return `${line}:${Buffer.byteLength(before.slice(lineStart)) + 1}`;
}

const pattern = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const units = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1];

/** Milliseconds of a duration such as `1h30m`, as scripts write times, too; throws where the text is none. */
export function milliseconds(text: string): number {
  const parts = pattern.exec(text)?.slice(1);
  if (text === '0') return 0;
  if (parts === undefined || text === '') throw new Error(`not a duration: ${text}`);
  return parts.reduce((sum, part, at) => sum + Number(part ?? 0) * (units[at] as number), 0);
}

import type { NodeSummary } from '../../collector/api/nodes.ts';
import { duration } from './format.ts';

/** A clock off by more than this is worth telling; below it, samples may just have waited for their batch. */
const AHEAD_SECONDS = 5;
const BEHIND_SECONDS = 30;
/** A refusal older than this has been seen to. */
const REFUSAL_SECONDS = 3600;

/** What is wrong with a node beyond its state, in words; empty where nothing is. */
export function notesOf(node: NodeSummary): string {
  return [refusalNote(node), clockNote(node)].filter((note) => note !== undefined).join(' · ');
}

function refusalNote({ refusal }: NodeSummary): string | undefined {
  if (refusal === null || refusal.agoSeconds > REFUSAL_SECONDS) return undefined;
  const when = refusal.agoSeconds < 3 ? 'just now' : `${duration(refusal.agoSeconds)} ago`;
  return `lines refused ${when}: ${refusal.reason}`;
}

function clockNote({ clockSeconds, periodSeconds }: NodeSummary): string | undefined {
  if (clockSeconds === null) return undefined;
  if (clockSeconds > AHEAD_SECONDS) return `clock off: its samples are ${duration(clockSeconds)} ahead of the collector's clock`;
  // A batch holds samples of a whole period, so the newest may be that old.
  if (-clockSeconds <= BEHIND_SECONDS + periodSeconds) return undefined;
  return `clock off or samples late: the newest was ${duration(-clockSeconds)} behind the collector's clock`;
}

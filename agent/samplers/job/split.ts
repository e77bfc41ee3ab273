/** One of several that an amount is split among. */
export interface Claim {
  /** Its part is in proportion to this, which is more than 0, … */
  readonly weight: number;
  /** … and at most as much. */
  readonly most: number;
}

/** The parts of an amount, one a claim: what one may not have goes to the others, what none may have to none. */
export function split(amount: number, claims: readonly Claim[]): readonly number[] {
  const parts = new Map<Claim, number>();
  let left = amount;
  let open = claims;
  while (open.length > 0 && left > 0) {
    const each = left / open.reduce((sum, { weight }) => sum + weight, 0);
    const full = open.filter(({ weight, most }) => each * weight >= most);
    for (const claim of full) {
      const part = Math.max(0, claim.most);
      parts.set(claim, part);
      left -= part;
    }
    if (full.length === 0) {
      for (const claim of open) parts.set(claim, each * claim.weight);
      break;
    }
    open = open.filter((claim) => !full.includes(claim));
  }
  return claims.map((claim) => parts.get(claim) ?? 0);
}

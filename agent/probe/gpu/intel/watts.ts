/** Watts from a counter of joules: over the time since the reading before; NaN at the first, and when the counter began anew. */
export function openWatts(seconds: () => number): (joules: number) => number {
  let joulesBefore = Number.NaN;
  let secondsBefore = Number.NaN;
  return (joules) => {
    const at = seconds();
    const watts = (joules - joulesBefore) / (at - secondsBefore);
    joulesBefore = joules;
    secondsBefore = at;
    return watts >= 0 && Number.isFinite(watts) ? watts : Number.NaN;
  };
}

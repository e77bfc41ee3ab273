/** How an operator gives the agent a capability (capabilities(7)): its unit takes every one away but those that are named there. */
export function grant(capability: string): string {
  return `systemctl edit vigie-agent, in [Service]: CapabilityBoundingSet=${capability} and AmbientCapabilities=${capability}`;
}

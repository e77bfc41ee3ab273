import type { Bmc } from './client.ts';
import { ROOT } from './client.ts';
import { RedfishFault } from './fault.ts';
import { linkAt, numberAt, objectAt, objectsAt, ownPath, textAt } from './json.ts';
import type { Json } from './json.ts';
import {
  environmentFans,
  environmentPower,
  fanOf,
  isWhole,
  members,
  metricTemperatures,
  oldFans,
  oldPower,
  oldTemperatures,
  sensorReading,
} from './readings.ts';
import type { Reading } from './readings.ts';

/** One document of a BMC, and what is read out of it every time. */
export interface Source {
  readonly path: string;
  read(document: Json): readonly Reading[];
}

/** What a BMC is asked for every period. */
export interface Plan {
  readonly sources: readonly Source[];
  /** Whether watts are among it; a BMC whose node is off may show them only later. */
  readonly power: boolean;
}

type Get = Bmc['get'];
type Read = Source['read'];

/** Chassis looked at, and single sensors or fans asked for each period where they do not come in one document. */
const MOST_CHASSIS = 8;
const MOST_SINGLE = 12;

/**
 * Looks through a BMC's tree once for the documents that hold what is wanted: the new ones first, the old ones where those are
 * silent; power from one of them alone, so that no series mixes two meters.
 *
 * @throws RedfishFault; `nothing` where no chassis has a reading.
 */
export async function discover(get: Get, chassisId: string | undefined): Promise<Plan> {
  const root = await get(ROOT);
  const wholeMembers = objectAt(objectAt(root, 'ProtocolFeaturesSupported'), 'ExpandQuery')['NoLinks'] === true;
  let without: Plan | undefined;
  for (const path of (await chassisPaths(get, root, chassisId)).slice(0, MOST_CHASSIS)) {
    const chassis = await optional(get, path);
    if (chassis === undefined) continue;
    const plan = await planOf(get, chassis, wholeMembers);
    if (plan.power) return plan;
    if (plan.sources.length > 0) without ??= plan;
  }
  if (without !== undefined) return without;
  throw new RedfishFault(
    'nothing',
    chassisId === undefined
      ? 'no chassis of its node has a reading of power or temperature'
      : `the chassis ${chassisId} has no reading of power or temperature`,
  );
}

// The node is what the system says it stands in. Without that word: the chassis that are no parts of one, as GPU modules are, and no
// enclosures of several nodes, whose watts are all of theirs.
async function chassisPaths(get: Get, root: Json, chassisId: string | undefined): Promise<readonly string[]> {
  const collection = await get(linkAt(root, 'Chassis') ?? `${ROOT}Chassis`);
  const all = members(collection).flatMap((member) => ownPath(member) ?? []);
  if (chassisId !== undefined) {
    const named = all.filter((path) => path.replace(/\/+$/, '').split('/').at(-1) === chassisId);
    if (named.length > 0) return named;
    const there = all.map((path) => path.split('/').at(-1)).join(', ');
    throw new RedfishFault('nothing', `there is no chassis ${chassisId}; there are ${there.slice(0, 300)}`);
  }
  const [system] = members((await optional(get, linkAt(root, 'Systems') ?? `${ROOT}Systems`)) ?? {}).flatMap(
    (member) => ownPath(member) ?? [],
  );
  const said = objectsAt(objectAt((system === undefined ? undefined : await optional(get, system)) ?? {}, 'Links'), 'Chassis');
  const own = said.flatMap((chassis) => ownPath(chassis) ?? []);
  return own.length > 0 ? own : whole(get, all);
}

const NO_NODE = /^(?:Enclosure|Module|Component|Zone|Drawer|StorageEnclosure|Expansion|Rack|Row|Pod|Card|Cartridge|IPBasedDrive|Other)$/;

async function whole(get: Get, all: readonly string[]): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const path of all.slice(0, MOST_CHASSIS)) {
    const chassis = await optional(get, path);
    if (chassis !== undefined && !NO_NODE.test(textAt(chassis, 'ChassisType'))) kept.push(path);
  }
  return kept;
}

async function planOf(get: Get, chassis: Json, wholeMembers: boolean): Promise<Plan> {
  const sources = new Map<string, Read[]>();
  const documents = new Map<string, Json | undefined>();
  const look = async (path: string | undefined): Promise<Json | undefined> => {
    if (path === undefined) return undefined;
    if (!documents.has(path)) documents.set(path, await optional(get, path));
    return documents.get(path);
  };
  // Keeps a reader for a document that has something for it.
  const keep = async (path: string | undefined, read: Read): Promise<boolean> => {
    const document = await look(path);
    if (path === undefined || document === undefined || read(document).length === 0) return false;
    sources.set(path, [...(sources.get(path) ?? []), read]);
    return true;
  };
  const environment = linkAt(chassis, 'EnvironmentMetrics');
  const thermal = linkAt(chassis, 'Thermal');
  const subsystem = await look(linkAt(chassis, 'ThermalSubsystem'));

  const meters = environment === undefined ? false : hasWatts((await look(environment)) ?? {});
  if (meters) await keep(environment, environmentPower);
  const power = meters || (await keep(linkAt(chassis, 'Power'), oldPower));
  const temperatures = (await keep(linkAt(subsystem, 'ThermalMetrics'), metricTemperatures)) || (await keep(thermal, oldTemperatures));
  const fans =
    (await keep(environment, environmentFans)) ||
    (await keep(thermal, oldFans)) ||
    (await keepMembers(linkAt(subsystem, 'Fans'), fanOf, () => true));
  if (!temperatures || !fans) await keepMembers(linkAt(chassis, 'Sensors'), wanted(!temperatures, !fans), hasTellingName);

  // One request for all members where the BMC can; else a few of them, each by itself.
  async function keepMembers(path: string | undefined, read: Read, isWanted: (path: string) => boolean): Promise<boolean> {
    if (path === undefined) return false;
    const every: Read = (document) => members(document).filter(isWhole).flatMap(read);
    if (wholeMembers && (await keep(`${path}?$expand=.($levels=1)`, every))) return true;
    const single = members((await look(path)) ?? {}).flatMap((member) => ownPath(member) ?? []);
    let found = false;
    for (const one of single.filter(isWanted).slice(0, MOST_SINGLE)) found = (await keep(one, read)) || found;
    return found;
  }

  return { power, sources: [...sources].map(([path, reads]) => ({ path, read: (document) => reads.flatMap((read) => read(document)) })) };
}

function hasWatts(document: Json): boolean {
  return (numberAt(objectAt(document, 'PowerWatts'), 'Reading') ?? 0) > 0;
}

function wanted(temperatures: boolean, fans: boolean): Read {
  return (document) => sensorReading(document).filter(({ of }) => (of === 'fan' ? fans : temperatures));
}

function hasTellingName(path: string): boolean {
  return /inlet|ambient|intake|exhaust|fan/i.test(path.split('/').at(-1) ?? '');
}

// What is not there, or what this firmware cannot answer, is left out; a BMC that does not answer at all is a fault.
async function optional(get: Get, path: string): Promise<Json | undefined> {
  try {
    return await get(path);
  } catch (error) {
    if (error instanceof RedfishFault && (error.reason === 'missing' || error.reason === 'status')) return undefined;
    throw error;
  }
}

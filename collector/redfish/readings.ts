import { isObject, numberAt, objectAt, objectsAt, textAt } from './json.ts';
import type { Json } from './json.ts';

/** What a BMC says about its node, in base units. */
export type Reading =
  | { readonly of: 'watts'; readonly value: number }
  | { readonly of: 'joules'; readonly value: number }
  | {
      readonly of: 'temperature';
      readonly place: Place;
      readonly sensor: string;
      readonly value: number;
      readonly critical?: number | undefined;
    }
  | { readonly of: 'fan'; readonly sensor: string; readonly rpm?: number | undefined; readonly ratio?: number | undefined };

/** What is measured: the air that comes in, the air that goes out, or anything else. */
export type Place = 'inlet' | 'outlet' | 'other';

/** Beyond this a node's power meter is taken for broken, as ACPI's are that answer 0xFFFFFFFF mW (lm-sensors#460). */
const MOST_WATTS = 20_000;
const JOULES_PER_KWH = 3_600_000;

/** Watts and joules of a chassis's EnvironmentMetrics (DSP2046, EnvironmentMetrics 1.x). */
export function environmentPower(document: Json): readonly Reading[] {
  const joules =
    numberAt(objectAt(document, 'EnergyJoules'), 'Reading') ?? kilowattHours(numberAt(objectAt(document, 'EnergykWh'), 'Reading'));
  return [
    ...watts(numberAt(objectAt(document, 'PowerWatts'), 'Reading')),
    ...(joules === undefined || joules <= 0 ? [] : [{ of: 'joules', value: joules } as const]),
  ];
}

/** Fans of a chassis's EnvironmentMetrics. */
export function environmentFans(document: Json): readonly Reading[] {
  return objectsAt(document, 'FanSpeedsPercent').flatMap((fan, at) =>
    fanReading(textAt(fan, 'DeviceName') || `Fan ${at + 1}`, numberAt(fan, 'SpeedRPM'), numberAt(fan, 'Reading')),
  );
}

// Besides the node some list its CPUs, memory and fans (Lenovo, Intel); they are parts of it.
const PART = /cpu|processor|memory|dimm|gpu|accelerator|fan|sub-?system|supply|psu|drive|pcie/i;

/** Watts of a chassis's Power (deprecated since 2020.4). */
export function oldPower(document: Json): readonly Reading[] {
  for (const control of objectsAt(document, 'PowerControl')) {
    if (PART.test(textAt(control, 'Name')) || isAbsent(control)) continue;
    const read = watts(numberAt(control, 'PowerConsumedWatts'));
    if (read.length > 0) return read;
  }
  return [];
}

/** Temperatures of a chassis's Thermal (deprecated since 2020.4). */
export function oldTemperatures(document: Json): readonly Reading[] {
  return objectsAt(document, 'Temperatures').flatMap((sensor) => {
    const value = isAbsent(sensor) ? undefined : numberAt(sensor, 'ReadingCelsius');
    const name = nameOf(sensor);
    return temperature(name, textAt(sensor, 'PhysicalContext'), value, numberAt(sensor, 'UpperThresholdCritical'));
  });
}

/** Fans of a chassis's Thermal. */
export function oldFans(document: Json): readonly Reading[] {
  return objectsAt(document, 'Fans').flatMap((fan) => {
    if (isAbsent(fan)) return [];
    const value = numberAt(fan, 'Reading') ?? numberAt(fan, 'ReadingRPM');
    const percent = /percent/i.test(textAt(fan, 'ReadingUnits'));
    return fanReading(textAt(fan, 'FanName') || nameOf(fan), percent ? undefined : value, percent ? value : undefined);
  });
}

/** Temperatures of a ThermalSubsystem's ThermalMetrics: every sensor, and the summary where the inlet is not among them. */
export function metricTemperatures(document: Json): readonly Reading[] {
  const sensors = objectsAt(document, 'TemperatureReadingsCelsius').flatMap((sensor) =>
    temperature(
      textAt(sensor, 'DeviceName') || lastOf(textAt(sensor, 'DataSourceUri')),
      textAt(sensor, 'PhysicalContext'),
      numberAt(sensor, 'Reading'),
    ),
  );
  const summary = objectAt(document, 'TemperatureSummaryCelsius');
  const summed = [
    ...temperature(
      'Intake',
      'Intake',
      numberAt(objectAt(summary, 'Intake'), 'Reading') ?? numberAt(objectAt(summary, 'Ambient'), 'Reading'),
    ),
    ...temperature('Exhaust', 'Exhaust', numberAt(objectAt(summary, 'Exhaust'), 'Reading')),
  ];
  const has = (wanted: Reading): boolean => sensors.some((one) => 'place' in one && 'place' in wanted && one.place === wanted.place);
  return [...sensors, ...summed.filter((one) => !has(one))];
}

/** Temperature or speed of one Sensor. */
export function sensorReading(document: Json): readonly Reading[] {
  if (isAbsent(document)) return [];
  const name = nameOf(document);
  const value = numberAt(document, 'Reading');
  const type = textAt(document, 'ReadingType');
  if (type === 'Temperature') {
    const critical = numberAt(objectAt(objectAt(document, 'Thresholds'), 'UpperCritical'), 'Reading');
    return temperature(name, textAt(document, 'PhysicalContext'), value, critical);
  }
  if (type !== 'Rotational') return [];
  const rpm = numberAt(document, 'SpeedRPM') ?? (textAt(document, 'ReadingUnits') === '%' ? undefined : value);
  return fanReading(name, rpm, textAt(document, 'ReadingUnits') === '%' ? value : undefined);
}

/** Speed of one Fan of a ThermalSubsystem. */
export function fanOf(document: Json): readonly Reading[] {
  const speed = objectAt(document, 'SpeedPercent');
  return isAbsent(document) ? [] : fanReading(nameOf(document), numberAt(speed, 'SpeedRPM'), numberAt(speed, 'Reading'));
}

/** The members of a collection that came with it, as objects. */
export function members(document: Json): readonly Json[] {
  return objectsAt(document, 'Members');
}

// A BMC that answers draws power itself: 0 W is a meter that does not measure.
function watts(value: number | undefined): readonly Reading[] {
  return value === undefined || value <= 0 || value > MOST_WATTS ? [] : [{ of: 'watts', value }];
}

function kilowattHours(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * JOULES_PER_KWH;
}

function temperature(sensor: string, context: string, value: number | undefined, critical?: number): readonly Reading[] {
  // Absent sensors of some vendors read 0, -128 or 255.
  if (sensor === '' || value === undefined || value <= -100 || value === 0 || value >= 200) return [];
  return [
    { of: 'temperature', place: placeOf(sensor, context), sensor, value, ...(critical === undefined || critical <= 0 ? {} : { critical }) },
  ];
}

function placeOf(sensor: string, context: string): Place {
  if (/exhaust|outlet/i.test(sensor) || context === 'Exhaust') return 'outlet';
  if (/inlet|intake|ambient/i.test(sensor) || context === 'Intake') return 'inlet';
  return 'other';
}

function fanReading(sensor: string, rpm: number | undefined, percent: number | undefined): readonly Reading[] {
  if (sensor === '' || (rpm === undefined && percent === undefined)) return [];
  return [{ of: 'fan', sensor, rpm, ratio: percent === undefined ? undefined : Math.round(percent * 100) / 10_000 }];
}

function isAbsent(of: Json): boolean {
  return /^(?:Absent|Disabled|UnavailableOffline)$/.test(textAt(objectAt(of, 'Status'), 'State'));
}

function nameOf(of: Json): string {
  return textAt(of, 'Name') || textAt(of, 'MemberId') || textAt(of, 'Id');
}

function lastOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}

/** Whether a member of a collection came whole, not as a link alone. */
export function isWhole(member: Json): boolean {
  return isObject(member) && Object.keys(member).some((key) => !key.startsWith('@odata'));
}

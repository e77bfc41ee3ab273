import type { Json } from './json.ts';

// Composed after the schemas (DSP8010: Chassis, Power, Thermal, EnvironmentMetrics, ThermalMetrics, Sensor) and the shapes that
// each vendor's firmware gives them, cut down to what is read and what could mislead a reader.

const ROOT = '/redfish/v1/';
const at = (path: string): Json => ({ '@odata.id': path });
const collection = (...paths: readonly string[]): Json => ({ Members: paths.map(at), 'Members@odata.count': paths.length });

function root(more: Json = {}): Readonly<Record<string, Json>> {
  return {
    [ROOT]: {
      RedfishVersion: '1.9.0',
      Chassis: at('/redfish/v1/Chassis'),
      Systems: at('/redfish/v1/Systems'),
      Links: { Sessions: at('/redfish/v1/SessionService/Sessions') },
      ...more,
    },
  };
}

/** Dell iDRAC 9 before 5.10: old documents; an enclosure of disks and the system's parts among the watts. */
export const idrac: Readonly<Record<string, Json>> = {
  ...root(),
  '/redfish/v1/Chassis': collection('/redfish/v1/Chassis/Enclosure.Internal.0-1', '/redfish/v1/Chassis/System.Embedded.1'),
  '/redfish/v1/Systems': collection('/redfish/v1/Systems/System.Embedded.1'),
  '/redfish/v1/Systems/System.Embedded.1': { Links: { Chassis: [at('/redfish/v1/Chassis/System.Embedded.1')] } },
  '/redfish/v1/Chassis/Enclosure.Internal.0-1': { ChassisType: 'StorageEnclosure' },
  '/redfish/v1/Chassis/System.Embedded.1': {
    ChassisType: 'StandAlone',
    Power: at('/redfish/v1/Chassis/System.Embedded.1/Power'),
    Thermal: at('/redfish/v1/Chassis/System.Embedded.1/Thermal'),
  },
  '/redfish/v1/Chassis/System.Embedded.1/Power': {
    PowerControl: [{ Name: 'System Power Control', PowerConsumedWatts: 312, PowerCapacityWatts: 1100 }],
  },
  '/redfish/v1/Chassis/System.Embedded.1/Thermal': {
    Temperatures: [
      { Name: 'CPU1 Temp', PhysicalContext: 'CPU', ReadingCelsius: 54, UpperThresholdCritical: 95, Status: { State: 'Enabled' } },
      { Name: 'System Board Inlet Temp', PhysicalContext: 'SystemBoard', ReadingCelsius: 22, UpperThresholdCritical: 47 },
      { Name: 'System Board Exhaust Temp', PhysicalContext: 'SystemBoard', ReadingCelsius: 31, UpperThresholdCritical: 80 },
      { Name: 'CPU2 Temp', PhysicalContext: 'CPU', ReadingCelsius: null, Status: { State: 'Absent' } },
    ],
    Fans: [
      { FanName: 'System Board Fan1A', Reading: 5880, ReadingUnits: 'RPM', Status: { State: 'Enabled' } },
      { FanName: 'System Board Fan2A', Reading: null, ReadingUnits: 'RPM', Status: { State: 'Absent' } },
    ],
  },
};

/** HPE iLO 5: fans in percent, absent sensors that read 0, several kinds of watts. */
export const ilo: Readonly<Record<string, Json>> = {
  ...root(),
  '/redfish/v1/Chassis': collection('/redfish/v1/Chassis/1'),
  '/redfish/v1/Systems': collection('/redfish/v1/Systems/1'),
  '/redfish/v1/Systems/1': { Links: { Chassis: [at('/redfish/v1/Chassis/1')] } },
  '/redfish/v1/Chassis/1': {
    ChassisType: 'RackMount',
    Power: at('/redfish/v1/Chassis/1/Power'),
    Thermal: at('/redfish/v1/Chassis/1/Thermal'),
  },
  '/redfish/v1/Chassis/1/Power': {
    PowerControl: [{ MemberId: '0', PowerConsumedWatts: 184, PowerMetrics: { AverageConsumedWatts: 180, IntervalInMin: 20 } }],
  },
  '/redfish/v1/Chassis/1/Thermal': {
    Temperatures: [
      { Name: '01-Inlet Ambient', PhysicalContext: 'Intake', ReadingCelsius: 19, UpperThresholdCritical: 42, Status: { State: 'Enabled' } },
      { Name: '02-CPU 1', PhysicalContext: 'CPU', ReadingCelsius: 40, UpperThresholdCritical: 70, Status: { State: 'Enabled' } },
      { Name: '03-CPU 2', PhysicalContext: 'CPU', ReadingCelsius: 0, UpperThresholdCritical: 0, Status: { State: 'Absent' } },
    ],
    Fans: [{ Name: 'Fan 1', Reading: 23, ReadingUnits: 'Percent', Status: { State: 'Enabled' } }, null as unknown as Json],
  },
};

/** Supermicro X11: no links of the system to its chassis. */
export const supermicroOld: Readonly<Record<string, Json>> = {
  ...root(),
  '/redfish/v1/Chassis': collection('/redfish/v1/Chassis/1'),
  '/redfish/v1/Systems': collection('/redfish/v1/Systems/1'),
  '/redfish/v1/Systems/1': { PowerState: 'On' },
  '/redfish/v1/Chassis/1': { ChassisType: 'Sled', Power: at('/redfish/v1/Chassis/1/Power'), Thermal: at('/redfish/v1/Chassis/1/Thermal') },
  '/redfish/v1/Chassis/1/Power': {
    PowerControl: [
      { Name: 'CPU Subsystem Power', PowerConsumedWatts: 95 },
      { Name: 'System Power Control', PowerConsumedWatts: 240 },
    ],
  },
  '/redfish/v1/Chassis/1/Thermal': {
    Temperatures: [{ Name: 'System Temp', PhysicalContext: 'SystemBoard', ReadingCelsius: 29 }],
    Fans: [{ Name: 'FAN1', Reading: 4200 }],
  },
};

/** Supermicro X14 with an HGX board: new documents only, the board's modules with watts of their own. */
export const supermicroNew: Readonly<Record<string, Json>> = {
  ...root({ ProtocolFeaturesSupported: { ExpandQuery: { NoLinks: true, MaxLevels: 2 } } }),
  '/redfish/v1/Chassis': collection('/redfish/v1/Chassis/HGX_GPU_SXM_1', '/redfish/v1/Chassis/HGX_Chassis_0', '/redfish/v1/Chassis/1'),
  '/redfish/v1/Systems': collection('/redfish/v1/Systems/1', '/redfish/v1/Systems/HGX_Baseboard_0'),
  '/redfish/v1/Systems/1': { Links: { Chassis: [at('/redfish/v1/Chassis/1')] } },
  '/redfish/v1/Chassis/HGX_GPU_SXM_1': {
    ChassisType: 'Module',
    EnvironmentMetrics: at('/redfish/v1/Chassis/HGX_GPU_SXM_1/EnvironmentMetrics'),
  },
  '/redfish/v1/Chassis/HGX_GPU_SXM_1/EnvironmentMetrics': { PowerWatts: { Reading: 690.5 }, EnergyJoules: { Reading: 1e9 } },
  '/redfish/v1/Chassis/HGX_Chassis_0': { ChassisType: 'Component' },
  '/redfish/v1/Chassis/1': {
    ChassisType: 'RackMount',
    EnvironmentMetrics: at('/redfish/v1/Chassis/1/EnvironmentMetrics'),
    ThermalSubsystem: at('/redfish/v1/Chassis/1/ThermalSubsystem'),
    Sensors: at('/redfish/v1/Chassis/1/Sensors'),
  },
  '/redfish/v1/Chassis/1/EnvironmentMetrics': {
    PowerWatts: { Reading: 6120.5 },
    EnergykWh: { Reading: 12.5 },
    TemperatureCelsius: { Reading: null },
  },
  '/redfish/v1/Chassis/1/ThermalSubsystem': {
    ThermalMetrics: at('/redfish/v1/Chassis/1/ThermalSubsystem/ThermalMetrics'),
    Fans: at('/redfish/v1/Chassis/1/ThermalSubsystem/Fans'),
  },
  '/redfish/v1/Chassis/1/ThermalSubsystem/ThermalMetrics': {
    TemperatureSummaryCelsius: { Intake: { Reading: 24.5 } },
    TemperatureReadingsCelsius: [{ DeviceName: 'CPU1', PhysicalContext: 'CPU', Reading: 61.25 }],
  },
  '/redfish/v1/Chassis/1/ThermalSubsystem/Fans?$expand=.($levels=1)': {
    Members: [
      { '@odata.id': '/redfish/v1/Chassis/1/ThermalSubsystem/Fans/1', Name: 'FAN1', SpeedPercent: { Reading: 42, SpeedRPM: 9100 } },
      {
        '@odata.id': '/redfish/v1/Chassis/1/ThermalSubsystem/Fans/2',
        Name: 'FAN2',
        Status: { State: 'Absent' },
        SpeedPercent: { Reading: null },
      },
    ],
  },
};

/** OpenBMC: new documents without watts, old watts beside them, temperatures as single sensors. */
export const openbmc: Readonly<Record<string, Json>> = {
  ...root(),
  '/redfish/v1/Chassis': collection('/redfish/v1/Chassis/chassis'),
  '/redfish/v1/Systems': collection('/redfish/v1/Systems/system'),
  '/redfish/v1/Systems/system': { Links: { Chassis: [at('/redfish/v1/Chassis/chassis')] } },
  '/redfish/v1/Chassis/chassis': {
    ChassisType: 'RackMount',
    EnvironmentMetrics: at('/redfish/v1/Chassis/chassis/EnvironmentMetrics'),
    Power: at('/redfish/v1/Chassis/chassis/Power'),
    Sensors: at('/redfish/v1/Chassis/chassis/Sensors'),
  },
  '/redfish/v1/Chassis/chassis/EnvironmentMetrics': { PowerWatts: { Reading: 0 }, EnergykWh: { Reading: 0 } },
  '/redfish/v1/Chassis/chassis/Power': { PowerControl: [{ Name: 'Chassis Power Control', PowerConsumedWatts: 402.25 }] },
  '/redfish/v1/Chassis/chassis/Sensors': collection(
    '/redfish/v1/Chassis/chassis/Sensors/temperature_ambient',
    '/redfish/v1/Chassis/chassis/Sensors/temperature_dimm0',
    '/redfish/v1/Chassis/chassis/Sensors/fantach_fan0',
  ),
  '/redfish/v1/Chassis/chassis/Sensors/temperature_ambient': {
    Name: 'ambient',
    ReadingType: 'Temperature',
    Reading: 23.5,
    ReadingUnits: 'Cel',
  },
  '/redfish/v1/Chassis/chassis/Sensors/fantach_fan0': { Name: 'fan0', ReadingType: 'Rotational', Reading: 8000, ReadingUnits: 'RPM' },
};

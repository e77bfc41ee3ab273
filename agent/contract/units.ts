/** A unit of the catalogue: how it ends a name, and how Grafana shows the value and its rate. */
export interface UnitShape {
  /** The ending a metric of this unit carries, before `_total`; empty where the value is a plain count. */
  readonly suffix: string;
  /** UCUM code. */
  readonly ucum: string;
  /** Grafana's unit id for the value, and for its rate per second. */
  readonly grafana: string;
  readonly grafanaRate: string;
}

/** Base units only; a sampler converts at the source. */
export const units = {
  amperes: { suffix: '_amperes', ucum: 'A', grafana: 'amp', grafanaRate: 'short' },
  bytes: { suffix: '_bytes', ucum: 'By', grafana: 'bytes', grafanaRate: 'Bps' },
  celsius: { suffix: '_celsius', ucum: 'Cel', grafana: 'celsius', grafanaRate: 'short' },
  count: { suffix: '', ucum: '1', grafana: 'short', grafanaRate: 'cps' },
  hertz: { suffix: '_hertz', ucum: 'Hz', grafana: 'hertz', grafanaRate: 'short' },
  info: { suffix: '_info', ucum: '1', grafana: 'none', grafanaRate: 'none' },
  joules: { suffix: '_joules', ucum: 'J', grafana: 'joule', grafanaRate: 'watt' },
  ratio: { suffix: '_ratio', ucum: '1', grafana: 'percentunit', grafanaRate: 'short' },
  rpm: { suffix: '_rpm', ucum: '{r}/min', grafana: 'rotrpm', grafanaRate: 'short' },
  seconds: { suffix: '_seconds', ucum: 's', grafana: 's', grafanaRate: 'percentunit' },
  volts: { suffix: '_volts', ucum: 'V', grafana: 'volt', grafanaRate: 'short' },
  watts: { suffix: '_watts', ucum: 'W', grafana: 'watt', grafanaRate: 'short' },
} as const satisfies Record<string, UnitShape>;

/** A unit by its key in the catalogue; a metric declares one. */
export type Unit = keyof typeof units;

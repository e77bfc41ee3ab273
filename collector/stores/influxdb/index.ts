import { choice, duration, optionalText, text } from '../../../agent/contract/fields.ts';
import { defaultLimits, forwarder } from '../forward.ts';
import { secretFrom } from '../secret.ts';
import { isServerUrl } from '../server-url.ts';
import { defineStore } from '../store.ts';
import { threadModule } from '../thread-module.ts';
import type { InfluxOpening } from './queryable.ts';
import { influxWire } from './wire.ts';

export default defineStore({
  name: 'influxdb',
  summary: 'Forwards lines to an InfluxDB 1.x, 2.x or 3; a 1.x gets its database and retention policy made.',
  options: {
    url: text('http://127.0.0.1:8086', 'Where the server is.', isServerUrl),
    database: text('vigie', 'Database of 1.x and 3, made in 1.x where it is missing.'),
    username: optionalText('User of 1.x; one who may create databases, or who may write to one that exists.'),
    password_file: optionalText('File with the password of that user.'),
    token_file: optionalText('File with a token, for 2.x and 3.'),
    org: optionalText('Organisation of 2.x.'),
    bucket: optionalText('Bucket of 2.x; the name of the database where it is absent.'),
    retention: duration('14d', 'How long a 1.x keeps data in a database made here.', { atLeast: '1h' }),
    version: choice(['auto', '1', '2', '3'], 'auto', 'Which InfluxDB it is; `auto` asks it.'),
  },
  async open({ options, log }) {
    const secret = (key: 'password_file' | 'token_file') => {
      const file = options[key];
      return file === undefined ? undefined : secretFrom(file, `stores.influxdb.${key}`);
    };
    if (options.password_file !== undefined && options.username === undefined) {
      throw new Error('stores.influxdb.password_file: there is no username to go with it; give stores.influxdb.username');
    }
    if (options.version === '2' && options.org === undefined) throw new Error('stores.influxdb.version: 2 needs stores.influxdb.org');
    const url = options.url.replace(/\/+$/, '');
    const wire = influxWire(
      {
        url,
        database: options.database,
        username: options.username,
        password: secret('password_file'),
        token: secret('token_file'),
        org: options.org,
        bucket: options.bucket,
        retentionMs: options.retention,
        version: options.version,
      },
      defaultLimits.inFlight,
      (message) => log('warning', `influxdb store ${options.url}: ${message}`),
    );
    return {
      name: 'influxdb',
      ...forwarder(wire, log),
      reading() {
        // 2.x and 3 have neither this InfluxQL nor a password; a `version: auto` without a token is a 1.x, or answers that it is none.
        const speaksInfluxQL =
          options.version === 'auto' ? options.org === undefined && options.token_file === undefined : options.version === '1';
        if (!speaksInfluxQL) return undefined;
        const { database, username, password_file } = options;
        const opening: InfluxOpening = { url, database, username, password_file };
        return { kind: 'queryable', module: threadModule('queryable.js', import.meta.url), opening, transfer: [] };
      },
    };
  },
});

import { isHttpUrl } from '../../agent/contract/fields.ts';

type Fault = ReturnType<typeof isHttpUrl>;

/** Checks that a text is an http URL that carries nothing else: it is shown in messages, and paths are put behind it. */
export function isServerUrl(value: string): Fault {
  const fault = isHttpUrl(value);
  if (fault !== undefined) return fault;
  const { username, password, search, hash, origin } = new URL(value);
  if (username !== '' || password !== '') {
    return { problem: 'there is a user in the URL', suggestion: `write ${origin} and give the user and a file with the secret beside it` };
  }
  return search === '' && hash === ''
    ? undefined
    : { problem: `there is a ${search === '' ? '#' : '?'} in the URL`, suggestion: `write ${origin}` };
}

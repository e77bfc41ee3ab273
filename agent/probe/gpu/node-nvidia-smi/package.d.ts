// The package has no types of its own.
declare module 'node-nvidia-smi' {
  /** Runs `nvidia-smi -q -x` and answers its XML as an object: an element is a text, or an object of its elements, or an array of several. */
  export default function smi(done: (error: Error | string | null, data?: unknown) => void): void;
}

import type { ValueFunction } from './function.ts';

const signature = { kind: 'value', args: ['vector'], optional: 0, returns: 'vector' } as const;

/** Functions of angles, in radians. */
export const trigonometry: readonly ValueFunction[] = [
  { ...signature, name: 'sin', of: Math.sin },
  { ...signature, name: 'cos', of: Math.cos },
  { ...signature, name: 'tan', of: Math.tan },
  { ...signature, name: 'asin', of: Math.asin },
  { ...signature, name: 'acos', of: Math.acos },
  { ...signature, name: 'atan', of: Math.atan },
  { ...signature, name: 'sinh', of: Math.sinh },
  { ...signature, name: 'cosh', of: Math.cosh },
  { ...signature, name: 'tanh', of: Math.tanh },
  { ...signature, name: 'asinh', of: Math.asinh },
  { ...signature, name: 'acosh', of: Math.acosh },
  { ...signature, name: 'atanh', of: Math.atanh },
  { ...signature, name: 'rad', of: (degrees) => (degrees * Math.PI) / 180 },
  { ...signature, name: 'deg', of: (radians) => (radians * 180) / Math.PI },
];

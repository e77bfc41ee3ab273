import type { Host } from '../../../host.ts';

/** The speed of a card's fan as a share of its full one: of its revolutions where it counts them, else of what it is told; NaN without fan. */
export function fanRatio(host: Host, hwmons: readonly string[]): number {
  for (const hwmon of hwmons) {
    const number = (name: string): number => Number.parseInt(host.text(`${hwmon}/${name}`) ?? '', 10);
    for (const ratio of [number('fan1_input') / number('fan1_max'), number('pwm1') / number('pwm1_max')]) {
      if (Number.isFinite(ratio)) return Math.min(1, ratio);
    }
  }
  return Number.NaN;
}

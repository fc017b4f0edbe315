import fc from 'fast-check';
import metadata from 'libphonenumber-js/metadata.max.json' with { type: 'json' };

/** The classes of numbers, in the order in which the metadata lists their patterns. */
export const drawnClasses = [
  'fixed-line',
  'mobile',
  'toll-free',
  'premium-rate',
  'personal',
  'voicemail',
  'uan',
  'pager',
  'voip',
  'shared-cost',
] as const;
export type DrawnClass = (typeof drawnClasses)[number];

interface NumberRange {
  /** ISO 3166-1 alpha-2, or `001` where the calling code belongs to no country. */
  readonly region: string;
  readonly callingCode: string;
  readonly numberClass: DrawnClass;
  /** Digits of national numbers. */
  readonly national: fc.Arbitrary<string>;
}

type RegionPlan = readonly unknown[];
const CLASSES = 11;
const CLASSES_WITHOUT_COUNTRY = 11;

function rangesOf(region: string, plan: RegionPlan, classesAt: number): NumberRange[] {
  const [callingCode, , general, lengths] = plan as [string, unknown, string, readonly number[]];
  const ofPlan = new RegExp(`^(?:${general})$`);
  const classes = (plan[classesAt] ?? []) as readonly (readonly [string, (readonly number[])?] | 0)[];
  return drawnClasses.flatMap((numberClass, at) => {
    const [pattern, own] = classes[at] || [''];
    if (pattern === '') return [];
    const counts = new Set(own ?? lengths);
    const national = fc
      .stringMatching(new RegExp(`^(?:${pattern})$`))
      .filter((digits) => counts.has(digits.length) && ofPlan.test(digits));
    return [{ region, callingCode, numberClass, national }];
  });
}

/** Every range of numbers of the world's numbering plans, from which numbers that exist can be drawn. */
export const numberRanges: readonly NumberRange[] = [
  ...Object.entries(metadata.countries).flatMap(([region, plan]) => rangesOf(region, plan, CLASSES)),
  ...Object.values(metadata.nonGeographic).flatMap((plan) => rangesOf('001', plan, CLASSES_WITHOUT_COUNTRY)),
];

// Coverage in five classes and "unknown". Purple to green reads for the colour-blind and is none of the grades' colours.
export const CLASSES = [
  { key: 'full', from: 1, colour: '#1b7837' },
  { key: 'most', from: 0.95, colour: '#7fbf7b' },
  { key: 'good', from: 0.8, colour: '#d3ecce' },
  { key: 'half', from: 0.5, colour: '#cfb3d8' },
  { key: 'low', from: 0, colour: '#762a83' },
];

export function classOf(share) {
  if (share === null || share === undefined || Number.isNaN(Number(share))) return 'unknown';
  return CLASSES.find((c) => share >= c.from)?.key ?? 'low';
}

export function tally(features) {
  const counts = { unknown: 0 };
  for (const f of features) {
    const key = classOf(f.properties.share);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

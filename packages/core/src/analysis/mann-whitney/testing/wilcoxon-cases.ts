import type { Shift } from '../metric';

/** Two samples, what R says of their shift, and what Kayenta says of them as a metric with its defaults. */
export interface WilcoxonCase {
  name: string;
  canary: readonly number[];
  baseline: readonly number[];
  shift: Shift;
  verdict: 'pass' | 'high' | 'low';
}

/** Whole numbers that jump about, as both R and this can make them: `(a i + b) mod m / d`. */
const series = (a: number, b: number, m: number, d: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => ((a * i + b) % m) / d);

/**
 * `from` and `to`: conf.int of `wilcox.test(canary, baseline, conf.int = TRUE, conf.level = 0.98, exact = FALSE)` in R 4.2.2. `estimate`
 * and verdict: Kayenta's (commit a69573be), whose estimate has a continuity correction that R leaves out.
 */
const row = (
  name: string,
  canary: readonly number[],
  baseline: readonly number[],
  [from, to, estimate]: readonly [number, number, number],
  verdict: WilcoxonCase['verdict'],
): WilcoxonCase => ({ name, canary, baseline, shift: { estimate, from, to }, verdict });

export const wilcoxonCases: readonly WilcoxonCase[] = [
  row('all above, no ties', [10, 20, 30, 40, 50], [1, 2, 3, 4, 5], [5.00006909, 48.9999309, 27], 'pass'),
  row('four against four', [10, 20, 30, 40], [1, 2, 3, 4], [6, 39, 22.5], 'high'),
  row('all below', [1, 2, 3, 4, 5, 6], [11, 12.5, 13, 17, 19, 23], [-19.99998, -6.50004747, -11.5220704], 'low'),
  row('one point against many', [5], [1, 2, 3, 4, 5, 6, 7, 8, 9], [-4, 4, 0], 'pass'),
  row('many points against one', [1, 2, 3, 4, 5, 6, 7, 8, 9], [5], [-4, 4, 0], 'pass'),
  row('two against two', [1, 4], [2, 3], [-2, 2, 0], 'pass'),
  row('mostly tied, one far out', [1, 1, 1, 1, 10], [1, 1, 1, 1, 1], [0, 9, 0], 'pass'),
  row(
    'a constant canary',
    [3, 3, 3, 3, 3, 3, 3, 3],
    [1, 2, 2, 3, 3, 4, 5, 6],
    [-2.00003952, 1.00007894, 2.37846339e-5],
    'pass',
  ),
  row('a constant baseline', [54.9, 54.5, 55.1, 55.6, 57.4], [0, 0, 0, 0, 0], [54.5, 57.4, 55.1000356], 'high'),
  row('zeros but one', [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 8.20679848e-5, 0], 'pass'),
  row(
    'ones and twos, half each',
    [1, 1, 1, 1, 2, 2, 2, 2],
    [1, 1, 1, 2, 2, 2, 2, 2],
    [-1, 0.999929547, -6.60803577e-5],
    'pass',
  ),
  row(
    'ones against twos, overlapping',
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2],
    [2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1],
    [-1, 1.38953266e-5, -0.99992716],
    'pass',
  ),
  row('interleaved', [1, 3, 5, 7, 9, 11], [2, 4, 6, 8, 10, 12], [-8.99999246, 6.99999246, -1], 'pass'),
  row('the same in another order', [5, 4, 3, 2, 1], [1, 2, 3, 4, 5], [-3.99994975, 3.99994975, 0], 'pass'),
  row(
    'negative numbers',
    [-5, -7.5, -3, -2, -9, -4],
    [-1, -2, -0.5, -3, -1.5, -2.5],
    [-7.49998334, 7.53121022e-5, -2.9402015],
    'pass',
  ),
  row(
    'around zero',
    [-1, -0.5, 0, 0.5, 1, 1.5, 2],
    [-2, -1.5, -1, -0.5, 0, 0.5, 1],
    [-0.999928043, 2.99992804, 1],
    'pass',
  ),
  row(
    'large numbers',
    [1000010, 1000020, 1000035, 1000050, 1000070],
    [1000000, 1000002, 1000004, 1000009, 1000012],
    [-1.99994347, 69.9999435, 30.8554325],
    'pass',
  ),
  row(
    'rates below the search tolerance',
    [0.00031, 0.00035, 0.0004, 0.00044, 0.00052, 0.00061],
    [0.0001, 0.00012, 0.00015, 0.00019, 0.00022, 0.00026],
    [0.0001, 0.00046, 0.00023363419],
    'high',
  ),
  row(
    'error rates in per cent',
    [0.5, 1.25, 0.75, 1, 1.5, 0.9, 1.1, 1.3],
    [0.25, 0.4, 0.5, 0.3, 0.45, 0.6, 0.35, 0.5],
    [0.24992655, 0.999923617, 0.649980396],
    'high',
  ),
  row(
    'an outlier',
    [10, 11, 12, 11, 10, 9, 10, 500],
    [9, 10, 11, 10, 9, 10, 11, 10],
    [-0.999932602, 2.99996324, 0.999985094],
    'pass',
  ),
  row(
    'twice the latency',
    [200, 210, 190, 250, 230, 205, 215, 220],
    [100, 105, 95, 125, 115, 102, 108, 110],
    [87.999988, 128.000047, 105.000036],
    'high',
  ),
  row(
    'different spread',
    [1, 50, 100, 150, 200, 250],
    [110, 115, 120, 125, 130, 135],
    [-123.999973, 129.999973, 3],
    'pass',
  ),
  row(
    'normal, 7 against 6',
    [55.3, 54.2, 46.8, 55.4, 71.3, 63.1, 70.4],
    [53, 54.7, 52.2, 30, 60.3, 56.1],
    [-6.10003048, 25.300072, 5.76158025],
    'pass',
  ),
  row(
    'small whole numbers, 12 against 4',
    [5, 4, 1, 2, 1, 5, 2, 3, 4, 2, 5, 1],
    [4, 2, 4, 5],
    [-3.00002679, 1.99992745, -0.999970735],
    'pass',
  ),
  row(
    'log-normal, 5 against 4',
    [59.75, 64.97, 54.17, 93.13, 108.06],
    [14.65, 27.49, 13.37, 14.99],
    [26.68, 94.69, 50.1322361],
    'high',
  ),
  row(
    'normal, 12 against 4',
    [56, 42.8, 49.5, 34.7, 73.4, 22.9, 64.5, 63.5, 57.2, 55.4, 28.5, 44],
    [59.4, 28.6, 50.4, 54.8],
    [-26.3000295, 27.4000056, 0.938669488],
    'pass',
  ),
  row(
    'small whole numbers, 7 against 11',
    [6, 1, 1, 6, 6, 3, 6],
    [4, 5, 3, 2, 5, 3, 5, 2, 0, 3, 2],
    [-1.99996152, 3.99999553, 1.00004468],
    'pass',
  ),
  row(
    'log-normal, 5 against 14',
    [19.92, 8.7, 5.68, 20, 17.46],
    [10.42, 23.95, 17.12, 30.47, 15.44, 22, 16.22, 37.08, 14.21, 22.23, 16.28, 17.7, 49, 7.35],
    [-19.620017, 4.48004586, -4.74181726],
    'pass',
  ),
  row('normal, 3 against 4', [72.2, 73.2, 74.5], [48.2, 52.1, 61.7, 38.2], [10.5, 36.3, 23.4], 'high'),
  row(
    'small whole numbers, 5 against 8',
    [5, 3, 4, 1, 1],
    [3, 3, 3, 3, 2, 0, 1, 0],
    [-2, 3.99998529, 0.999977447],
    'pass',
  ),
  row(
    'log-normal, 7 against 8',
    [44.87, 31, 31.36, 115.1, 102.61, 20.32, 34.88],
    [16.03, 70.78, 11.21, 17.23, 10.23, 8.97, 47, 41.98],
    [-16.0000507, 91.4000021, 20.1650428],
    'pass',
  ),
  row('normal, 5 against 4', [39.3, 52, 15.4, 53.8, 49.4], [49.5, 59.3, 44, 35.8], [-43.9, 18, -2.66209072], 'pass'),
  row('small whole numbers, 3 against 11', [2, 4, 2], [3, 5, 2, 0, 5, 3, 3, 3, 5, 0, 5], [-3, 4, -0.999984627], 'pass'),
  row(
    'log-normal, 5 against 6',
    [18.11, 26.69, 13.17, 9.17, 26.04],
    [27.07, 11.1, 30.04, 26.45, 67.55, 39.29],
    [-54.3799123, 14.9399854, -12.6388485],
    'pass',
  ),
  row(
    'normal, 12 against 6',
    [52.2, 78.3, 81.7, 84.5, 55.1, 53.9, 56.9, 73.9, 75.4, 65.5, 65.9, 86.8],
    [56.9, 36.5, 47.4, 54.1, 25.5, 57.3],
    [1.00007612, 40.3999791, 22.5009648],
    'pass',
  ),
  row('small whole numbers, 3 against 4', [4, 5, 1], [0, 3, 2, 4], [-3, 5, 1], 'pass'),
  row(
    '60 against 60, many ties',
    series(7, 3, 23, 1, 60),
    series(11, 5, 19, 1, 60),
    [-0.999983768, 4.99995078, 1.99991427],
    'pass',
  ),
  row(
    '60 against 60, higher',
    series(37, 9, 101, 4, 60),
    series(41, 0, 97, 8, 60),
    [3.37496551, 9.50004967, 6.3750243],
    'high',
  ),
  row(
    '200 against 120, few ties',
    series(7919, 13, 10007, 100, 200),
    series(6271, 77, 9973, 110, 120),
    [-2.25538375, 13.4308929, 5.60930176],
    'pass',
  ),
  row(
    '30 against 600',
    series(17, 2, 53, 10, 30),
    series(613, 5, 1009, 200, 600),
    [-0.810014994, 0.599976356, -0.100059969],
    'pass',
  ),
  row(
    '600 against 600, a small shift',
    series(7919, 1013, 10007, 1000, 600),
    series(6271, 77, 9973, 1000, 600),
    [-0.378023834, 0.412994626, 0.017018465],
    'pass',
  ),
  row(
    '100 against 100, two values',
    series(3, 0, 2, 1, 100),
    series(1, 0, 3, 2, 100),
    [-4.75016481e-5, 6.98771785e-6, 1.62171336e-5],
    'pass',
  ),
  row(
    '50 against 49, rates',
    series(29, 1, 71, 10000, 50),
    series(31, 3, 67, 12000, 49),
    [-0.000322083128, 0.0016247935, 0.000643288922],
    'pass',
  ),
  row(
    '8 against 300',
    series(5, 40, 60, 1, 8),
    series(7, 0, 61, 1, 300),
    [-21.0000138, 16.999952, -2.00001937],
    'pass',
  ),
];

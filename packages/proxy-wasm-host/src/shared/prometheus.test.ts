import { expect, test } from "vitest";
import { MetricType } from "../abi/enums.ts";
import { Status } from "../abi/status.ts";
import { Metrics, VmMetrics } from "./metrics.ts";
import { prometheus } from "./prometheus.ts";

test("ids tell the type and step by four, each VM has its own, values are shared", () => {
  const shared = new Metrics();
  const [one, two] = [new VmMetrics(shared), new VmMetrics(shared)];
  expect([one.define(0, "a"), one.define(1, "g"), one.define(2, "h"), one.define(0, "a"), two.define(0, "a")]).toEqual([
    4, 5, 6, 8, 4,
  ]);
  one.increment(8, 2n);
  two.increment(4, 1n);
  expect(one.get(4)).toMatchObject({ value: 3n });
});

test("what may not be done to a metric", () => {
  const metrics = new VmMetrics(new Metrics());
  const [counter, gauge, histogram] = [MetricType.counter, MetricType.gauge, MetricType.histogram].map((type) =>
    metrics.define(type, "m"),
  ) as [number, number, number];
  expect(metrics.increment(counter, 0n)).toBe(Status.BAD_ARGUMENT);
  expect(metrics.increment(counter, -1n)).toBe(Status.BAD_ARGUMENT);
  expect(metrics.increment(gauge, -1n)).toBe(Status.OK);
  expect(metrics.increment(histogram, 1n)).toBe(Status.BAD_ARGUMENT);
  expect(metrics.get(histogram)).toBe(Status.BAD_ARGUMENT);
  expect(metrics.record(counter, 5n)).toBe(Status.OK);
  expect(metrics.get(counter)).toMatchObject({ value: 5n });
  for (const unknown of [400, 401]) {
    expect([metrics.increment(unknown, 1n), metrics.record(unknown, 1n), metrics.get(unknown)]).toEqual([1, 1, 1]);
  }
});

test("counters, gauges, then histograms, by name, with Envoy's buckets and sums", () => {
  const shared = new Metrics();
  const metrics = new VmMetrics(shared);
  metrics.define(1, "gauge");
  metrics.record(5, 77n);
  metrics.define(0, "z.last-one");
  metrics.define(0, "9digit");
  metrics.define(0, "hello_header_counter");
  metrics.increment(12, 1n);
  metrics.define(0, "");
  metrics.define(2, "h");
  for (const sample of [5n, 77n, 1234n, 3n]) metrics.record(6, sample);
  const text = prometheus(shared);
  expect(text.split("# TYPE h histogram")[0]).toBe(
    "# TYPE hello_header_counter counter\nhello_header_counter{} 1\n# TYPE z_last_one counter\nz_last_one{} 0\n# TYPE gauge gauge\ngauge{} 77\n",
  );
  // As Envoy 1.40 prints these four samples.
  expect(text).toContain('h_bucket{le="1"} 0\nh_bucket{le="5"} 2\n');
  expect(text).toContain('h_bucket{le="50"} 2\nh_bucket{le="100"} 3\n');
  expect(text).toContain('h_bucket{le="1000"} 3\nh_bucket{le="2500"} 4\n');
  expect(text).toContain('h_bucket{le="+Inf"} 4\nh_sum{} 1333.5954594719123633694835007191\nh_count{} 4\n');
});

import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";

/** A line of a plot. */
export interface PlotLine {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

const HEIGHT = 140;

/** Custom properties of the style sheet, one for each line. */
const COLOURS = ["--line-1", "--line-2", "--line-3", "--line-4"];

/** Numbers with many digits do not fit beside an axis: 1.2M instead of 1200000. */
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });

/** A plot over time. The newest values are shown above it as text. */
export function Plot(props: {
  title: string;
  /** Seconds since 1970. */
  times: readonly number[];
  series: readonly PlotLine[];
  format?: (value: number) => string;
}) {
  const { title, times, series, format } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const data = [times, ...series.map(({ values }) => values)] as UPlot.AlignedData;
  const newest = series.map(({ label, values }) => {
    const last = values.findLast((value) => value !== null);
    return { label, text: last === null || last === undefined ? "none yet" : (format ?? String)(last) };
  });
  const labels = series.map(({ label }) => label).join();
  // A plot is created again only if its lines change. Its data is set below.
  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const make = () => {
      plot.current?.destroy();
      plot.current = new UPlot(options(parent, series, format ?? ((value) => short.format(value))), data, parent);
    };
    make();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: parent.clientWidth, height: HEIGHT }));
    resized.observe(parent);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", make);
    return () => {
      resized.disconnect();
      dark.removeEventListener("change", make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [labels]);
  useEffect(() => plot.current?.setData(data));
  return (
    <figure>
      <figcaption>
        <b>{title}</b>
        {newest.map(({ label, text }, index) => (
          <span>
            <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
              <circle cx="5" cy="5" r="5" fill={`var(${COLOURS[index % COLOURS.length]})`} />
            </svg>
            {newest.length > 1 && ` ${label}`} <output>{text}</output>
          </span>
        ))}
      </figcaption>
      <div class="plot" ref={place} aria-hidden="true" />
    </figure>
  );
}

function options(parent: HTMLElement, series: readonly PlotLine[], format: (value: number) => string): UPlot.Options {
  const style = getComputedStyle(parent);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--axis"), grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false } };
  return {
    width: parent.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        size: 34,
        space: 80,
        // The lowest number beside the vertical axis reaches below the plot.
        gap: 10,
        values: (_plot, times) => times.map((time) => new Date(time * 1000).toTimeString().slice(0, 8)),
      },
      { ...axis, size: 70, space: 30, values: (_plot, values) => values.map(format) },
    ],
    series: [
      {},
      ...series.map((_, index) => ({
        stroke: colour(COLOURS[index % COLOURS.length] as string),
        width: 2,
        points: { show: false },
        spanGaps: true,
      })),
    ],
  };
}

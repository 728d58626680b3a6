import "uplot/dist/uPlot.min.css";
import "./style.css";
import "./requests.css";
import "./request.css";
import "./plugins.css";
import "./narrow.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { readRecording } from "./frozen-source.ts";
import { LiveSource } from "./live-source.ts";

const root = document.getElementById("app") as HTMLElement;
const embedded = document.getElementById("recording")?.textContent;
root.textContent = "";
render(<App first={embedded ? readRecording(embedded) : new LiveSource()} />, root);

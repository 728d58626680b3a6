import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// componentize-js names its scratch folder by chance, and puts the time into the component: with these, it does the same each time.
const CHANCE = 0.5;
Math.random = () => CHANCE;
Date.now = () => 0;

// So the folder's name is known, and what a build that was interrupted has left there is in the way.
const scratch = createHash("sha256").update(CHANCE.toString()).digest("hex").slice(0, 12);
rmSync(join(tmpdir(), scratch), { recursive: true, force: true });

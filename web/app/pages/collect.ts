import { Collect } from "../collect.tsx";
import { start } from "../start.tsx";

start(Collect);

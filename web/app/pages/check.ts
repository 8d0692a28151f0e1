import { Check } from "../check.tsx";
import { start } from "../start.tsx";

start(Check);

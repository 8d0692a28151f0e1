import { Booth } from "../booth.tsx";
import { start } from "../start.tsx";

start(Booth);

import { Verify } from "../verify.tsx";
import { start } from "../start.tsx";

start(Verify);

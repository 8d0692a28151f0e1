import { Kiosk } from "../kiosk.tsx";
import { start } from "../start.tsx";

start(Kiosk);

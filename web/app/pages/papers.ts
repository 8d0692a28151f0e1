import { Papers } from "../papers.tsx";
import { start } from "../start.tsx";

start(Papers);

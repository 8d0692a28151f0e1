/* The home page: no island, only the way on for whoever comes with a letter's code. */
import { home } from "../home.ts";
import { register } from "../register.ts";

home();
register();

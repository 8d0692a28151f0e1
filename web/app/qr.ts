/* qr.js: reading and drawing QR codes, loaded only by who asks for it. */
import encodeQR from "qr";
import decodeQR from "qr/decode.js";
import type { QrTools } from "./urls.ts";

const tools: QrTools = {
  decode(picture, thorough) {
    try {
      return decodeQR(picture, thorough ? { effort: Infinity, timeLimit: Infinity } : {});
    } catch {
      return undefined; // its way to say that it sees none
    }
  },
  encode: (text) => encodeQR(text, "raw", { ecc: "medium", border: 4 }),
};

globalThis.partecipaQr = tools;

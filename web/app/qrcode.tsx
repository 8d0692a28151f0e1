/* A QR code, drawn as one path; nothing until the drawer is loaded. */
import { useEffect, useState } from "preact/hooks";
import { qrPath } from "./qrpath.ts";
import { qrTools } from "./urls.ts";

export function Qr(props: { text: string; label: string }) {
  const [modules, setModules] = useState<boolean[][]>([]);
  useEffect(() => {
    qrTools()
      .then((tools) => setModules(tools.encode(props.text)))
      .catch(() => undefined); // the address stands beside it
  }, [props.text]);
  if (modules.length === 0) return null;
  const size = modules.length;
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={props.label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={qrPath(modules)} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}

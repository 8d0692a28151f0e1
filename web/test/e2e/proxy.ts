/* A server that lies: passes everything on, and changes what a test says. */
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** What becomes of an answer; undefined leaves it as it is. */
export type Lie = (method: string, path: string, answer: Answer) => Answer | undefined;

export interface Liar {
  url: string;
  /** Where it passes things on to; may be changed under way. */
  target: string;
  lie: Lie;
  /** Paths that were asked for, in order. */
  seen: string[];
  server: Server;
  close(): Promise<void>;
}

/** Start one in front of `target`, on a free port of this machine. */
export async function makeLiar(target: string, lie: Lie = () => undefined): Promise<Liar> {
  const seen: string[] = [];
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on("data", (c: Buffer) => chunks.push(c));
    asked.on("end", () => {
      const path = asked.url ?? "/";
      seen.push(`${asked.method} ${path}`);
      const onward = request(
        new URL(path, liar.target),
        { method: asked.method, headers: { ...asked.headers, "accept-encoding": "identity" } },
        (got) => {
          const parts: Buffer[] = [];
          got.on("data", (c: Buffer) => parts.push(c));
          got.on("end", () => {
            const honest: Answer = {
              status: got.statusCode ?? 502,
              headers: { ...got.headers },
              body: Buffer.concat(parts),
            };
            const told = liar.lie(asked.method ?? "GET", path, honest) ?? honest;
            if (told.body !== honest.body) {
              told.headers["content-length"] = String(told.body.length);
              delete told.headers["etag"];
            }
            answer.writeHead(told.status, told.headers);
            answer.end(told.body);
          });
        },
      );
      onward.on("error", () => answer.destroy());
      onward.end(Buffer.concat(chunks));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const liar: Liar = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    lie,
    seen,
    server,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return liar;
}

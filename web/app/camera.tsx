/*
 * Reading the letter's QR code: by the camera, or from a picture of it.  The
 * decoder is loaded when somebody asks; no picture leaves the device.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { Fault } from "../core/fault.ts";
import { faultText, toFault } from "./faults.ts";
import { t } from "./texts.ts";
import { Actions, Alert, Button, Status } from "./ui.tsx";
import { qrTools, type QrTools } from "./urls.ts";

/** How often a picture of the camera is looked at, in milliseconds. */
const PACE = 200;
/** Pixels of the longer side that are looked at. */
const CAMERA_SIDE = 800;
const FILE_SIDE = 1600;

type Drawable = HTMLVideoElement | ImageBitmap;

function pixels(source: Drawable, width: number, height: number, side: number): ImageData {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Fault("device", "camera", "no 2d canvas");
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** The text of the QR code in a picture file, undefined where none is seen. */
export async function readPicture(file: Blob): Promise<string | undefined> {
  const tools = await qrTools();
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return undefined; // no picture at all
  }
  const data = pixels(picture, picture.width, picture.height, FILE_SIDE);
  picture.close();
  return tools.decode(data, true);
}

/** Open the camera into `video` and look until `seen`; gives what stops it. */
async function watch(
  video: HTMLVideoElement,
  tools: QrTools,
  signal: AbortSignal,
  seen: (text: string) => void,
): Promise<void> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment" },
      audio: false,
    });
  } catch (cause) {
    throw new Fault("device", "camera", String(cause));
  }
  const stop = (): void => stream.getTracks().forEach((track) => track.stop());
  if (signal.aborted) return stop();
  signal.addEventListener("abort", stop);
  video.srcObject = stream;
  await video.play();
  const look = (): void => {
    if (signal.aborted) return;
    if (video.videoWidth > 0) {
      const data = pixels(video, video.videoWidth, video.videoHeight, CAMERA_SIDE);
      const text = tools.decode(data, false);
      if (text !== undefined) return seen(text);
    }
    setTimeout(look, PACE);
  };
  look();
}

type ScanProps = {
  /** Called with the text of a code; gives whether it is one that is wanted. */
  onText: (text: string) => boolean;
};

function Camera(props: ScanProps & { onStop: (thrown?: unknown) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [other, setOther] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const seen = (text: string): void => {
      stop.abort();
      if (props.onText(text)) props.onStop();
      else setOther(other + 1); // another code: look again
    };
    qrTools()
      .then((tools) =>
        video.current === null ? undefined : watch(video.current, tools, stop.signal, seen),
      )
      .catch((thrown: unknown) => stop.signal.aborted || props.onStop(thrown));
    return () => stop.abort();
  }, [other]);
  return (
    <div class="stack">
      <video ref={video} class="camera" muted playsInline aria-label={t("WEB_SCAN_VIEW")} />
      <Status>{other > 0 ? t("WEB_SCAN_OTHER") : t("WEB_SCAN_POINT")}</Status>
      <Actions>
        <Button kind="secondary" onClick={() => props.onStop()}>
          {t("WEB_SCAN_STOP")}
        </Button>
      </Actions>
    </div>
  );
}

/** A press for the camera, one for a picture; typing is always beside it. */
export function Scan(props: ScanProps) {
  const [on, setOn] = useState(false);
  const [message, setMessage] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const canFilm = navigator.mediaDevices?.getUserMedia !== undefined;
  if (on)
    return (
      <Camera
        onText={props.onText}
        onStop={(thrown) => {
          setOn(false);
          setMessage(thrown === undefined ? "" : faultText(toFault(thrown)));
        }}
      />
    );
  const take = async (picture: File | undefined): Promise<void> => {
    if (picture === undefined) return;
    setMessage(t("WEB_SCAN_READING"));
    try {
      const text = await readPicture(picture);
      const good = text !== undefined && props.onText(text);
      setMessage(good ? "" : t(text === undefined ? "WEB_SCAN_NONE" : "WEB_SCAN_OTHER"));
    } catch (thrown) {
      setMessage(faultText(toFault(thrown)));
    }
  };
  return (
    <div class="stack">
      {message !== "" && <Alert kind="warning">{message}</Alert>}
      <Actions>
        {canFilm && (
          <Button kind="secondary" onClick={() => (setMessage(""), setOn(true))}>
            {t("WEB_SCAN_CAMERA")}
          </Button>
        )}
        <Button kind="quiet" onClick={() => file.current?.click()}>
          {t("WEB_SCAN_PICTURE")}
        </Button>
        <input
          ref={file}
          class="visually-hidden"
          type="file"
          accept="image/*"
          tabIndex={-1}
          aria-label={t("WEB_SCAN_PICTURE")}
          onChange={(event) => {
            void take(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </Actions>
    </div>
  );
}

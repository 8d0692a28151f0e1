/* After a while without a touch: a question, and one minute to answer it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { idleLeft } from "./idle.ts";
import { t } from "./texts.ts";
import { Actions, Button, Dialog } from "./ui.tsx";

const SIGNS = ["pointerdown", "keydown", "input", "scroll", "touchstart"] as const;

/** Calls `onIdle` once nobody has answered (idle.ts). */
export function IdleWatch(props: { onIdle: () => void }) {
  const [left, setLeft] = useState<number | undefined>(undefined);
  const touched = useRef(performance.now());
  const asking = useRef(false);
  // The timer is older than what it has to call.
  const onIdle = useRef(props.onIdle);
  onIdle.current = props.onIdle;
  asking.current = left !== undefined;
  useEffect(() => {
    const touch = (): void => {
      // Once the question is there only an answer counts.
      if (!asking.current) touched.current = performance.now();
    };
    for (const sign of SIGNS) addEventListener(sign, touch, { passive: true, capture: true });
    const timer = setInterval(() => {
      const now = idleLeft(Math.floor((performance.now() - touched.current) / 1000));
      setLeft(now);
      if (now === 0) onIdle.current();
    }, 1000);
    return () => {
      clearInterval(timer);
      for (const sign of SIGNS) removeEventListener(sign, touch, { capture: true });
    };
  }, []);
  const stay = (): void => {
    touched.current = performance.now();
    setLeft(undefined);
  };
  return (
    <Dialog title={t("WEB_KIOSK_IDLE_TITLE")} open={left !== undefined} onClose={stay}>
      <p role="timer">{t("WEB_KIOSK_IDLE", left ?? 0)}</p>
      <Actions>
        <Button onClick={stay}>{t("WEB_KIOSK_IDLE_STAY")}</Button>
        <Button kind="secondary" onClick={props.onIdle}>
          {t("WEB_KIOSK_IDLE_LEAVE")}
        </Button>
      </Actions>
    </Dialog>
  );
}

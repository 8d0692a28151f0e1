import { Step, type PageProps } from "./ui.tsx";
import { t } from "./texts.ts";

export function Collect(_: PageProps) {
  return <Step title={t("WEB_LOADING")} />;
}

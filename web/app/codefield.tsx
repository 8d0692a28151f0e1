/* One field for a code of any length, grouped while it is typed. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { caretAfter, groupTyped } from "./codeinput.ts";
import { Field, type FieldProps } from "./ui.tsx";

/**
 * `max` characters in groups of four.  The caret stays where one types, also
 * in the middle.
 */
export function CodeField(
  props: Pick<FieldProps, "label" | "hint" | "error" | "value" | "onValue"> & { max: number },
) {
  const input = useRef<HTMLInputElement>(null);
  const caret = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (caret.current === undefined || document.activeElement !== input.current) return;
    input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  });
  return (
    <Field
      label={props.label}
      {...(props.hint === undefined ? {} : { hint: props.hint })}
      {...(props.error === undefined ? {} : { error: props.error })}
      value={props.value}
      inputRef={input}
      code
      onValue={(typed) => {
        const at = input.current?.selectionStart ?? typed.length;
        caret.current = caretAfter(typed, at, props.max);
        const grouped = groupTyped(typed, props.max);
        // Preact leaves the field alone when the value is what it was before.
        if (input.current !== null) input.current.value = grouped;
        props.onValue(grouped);
      }}
    />
  );
}

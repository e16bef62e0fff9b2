// Doing things at most once per animation frame.

/** Calls `act` with the last value given before the next frame. */
export function oncePerFrame<Value>(act: (value: Value) => void): (value: Value) => void {
  let latest: Value;
  let waiting = false;
  return (value) => {
    latest = value;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      act(latest);
    });
  };
}

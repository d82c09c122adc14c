// Holding `v` where no form is open opens one and records at once.

/**
 * @param {() => Promise<{voice?: {press: () => void, release: () => void}} | null | undefined>} compose
 *   opens the form of a note
 */
export async function holdToSpeak(compose) {
  let up = false;
  const onUp = (event) => {
    if (event.key.toLowerCase() === "v") up = true;
  };
  document.addEventListener("keyup", onUp);
  const form = await compose();
  document.removeEventListener("keyup", onUp);
  form?.voice?.press();
  if (up) form?.voice?.release(); // too short to be held: it records until the next press
}

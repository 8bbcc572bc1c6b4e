// Pictures: turned upright, made smaller, without their EXIF data, kept beside their visit. Never required.
((P) => {
  "use strict";

  const LONG_EDGE = 1600;
  const QUALITY = 0.8;
  const MOST_MB = 60;
  const MB = 1024 * 1024;
  P.MOST_PHOTOS = 10;

  // What went wrong, in the person's words.
  class Told extends Error {}

  const isFull = (error) => error?.name === "QuotaExceededError" || error?.inner?.name === "QuotaExceededError";

  async function shrink(file) {
    if (file.size > MOST_MB * MB) throw new Told(P.t("photo_big", { name: file.name, most: MOST_MB }));
    let picture;
    try { picture = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { throw new Told(P.t("photo_no_image", { name: file.name })); }
    const scale = Math.min(1, LONG_EDGE / Math.max(picture.width, picture.height));
    const [width, height] = [picture.width, picture.height].map((edge) => Math.max(1, Math.round(edge * scale)));
    try {
      return { bytes: await (await drawn(picture, width, height)).arrayBuffer(), width, height };
    } catch { throw new Told(P.t("photo_no_image", { name: file.name })); } finally { picture.close(); }
  }

  function drawn(picture, width, height) {
    const hasOffscreen = "OffscreenCanvas" in self;
    const canvas = hasOffscreen ? new OffscreenCanvas(width, height) : Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // a PNG may be see-through
    pen.fillRect(0, 0, width, height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, width, height);
    const wanted = { type: "image/jpeg", quality: QUALITY };
    return hasOffscreen ? canvas.convertToBlob(wanted) : new Promise((resolve, reject) => { canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), wanted.type, wanted.quality); });
  }

  // One after another, so that a small phone never holds two whole pictures. Returns what could not be kept, in words.
  async function take(files, visit, person, onStep) {
    const refused = [];
    const room = P.MOST_PHOTOS - (await P.store.photosOf(person, visit)).length;
    if (files.length > room) refused.push(P.t("photo_many", { n: P.MOST_PHOTOS }));
    for (const [index, file] of [...files].slice(0, Math.max(0, room)).entries()) {
      onStep(index + 1, Math.min(files.length, room));
      try {
        const made = await shrink(file);
        await P.store.keepPhoto({ key: P.uuid(), visit, person, ...made, size: made.bytes.byteLength, order: Date.now() + index, state: "waiting" });
      } catch (error) {
        if (!(error instanceof Told) && !isFull(error)) throw error;
        refused.push(error instanceof Told ? error.message : P.t("photo_full", { name: file.name }));
      }
    }
    navigator.storage?.persist?.().catch(() => {});
    return refused;
  }

  // Pictures of a form that was thrown away.
  async function forgetLoose(person) {
    const known = new Set([...(await P.store.outbox(person)).map((i) => i.key), ...P.drafts.list(person).map((d) => d.key)]);
    for (const photo of await P.store.photos(person)) if (!known.has(photo.visit)) await P.store.drop("photos", photo.key);
  }

  const kilobytes = (size) => `${Math.max(1, Math.round(size / 1024))} KB`;

  P.photos = { forgetLoose, isFull, kilobytes, take };
})((self.Phone ??= {}));

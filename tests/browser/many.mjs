// Many results: copies of the run that the page kept last, each a little different, put into its database.

/**
 * Fills the database until it holds `runs` runs. The `long` newest of them have validation curves of `points` points each. Reload
 * the page to see them.
 */
export async function fill(page, { runs, long = 0, points = 0 }) {
  await page.evaluate(
    async ({ runs, long, points }) => {
      const done = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      // No chance, so that every reading of the same results is the same.
      const noise = (i) => ((Math.sin(i * 12.9898) * 43758.5453) % 1 + 1) % 1;
      const database = await done(indexedDB.open("featherweight"));
      const store = database.transaction(["runs"], "readwrite").objectStore("runs");
      const [first] = await done(store.getAll());
      for (let run = 1; run < runs; run++) {
        const copy = structuredClone(first);
        copy.notes.id = first.notes.id - run;
        copy.notes.name = `copy ${run}`;
        copy.report.variants.forEach((variant, v) => {
          const chance = noise(run * 16 + v);
          variant.accuracy = Math.min(1, variant.accuracy * (0.8 + 0.2 * chance));
          variant.loss *= 0.5 + chance;
          variant.bytes = Math.round(variant.bytes * (0.4 + 1.2 * noise(run * 31 + v)));
          for (const batch of ["batch1", "batch64"]) {
            for (const quartile of ["q1_us", "median_us", "q3_us"]) variant.latency[batch][quartile] *= 0.5 + chance;
          }
        });
        if (run <= long) {
          const stage = copy.notes.curves.find((curve) => curve.validation.length);
          stage.validation = Array.from({ length: points }, (_, i) => ({
            epoch: 4 * (i + 1) / points,
            loss: 0.1 + Math.exp(-i / points * 3) * (0.8 + 0.4 * noise(i + run)),
            accuracy: 1 - Math.exp(-i / points * 3) * (0.3 + 0.2 * noise(i + run)),
          }));
        }
        await done(store.put(copy, copy.notes.id));
      }
      database.close();
    },
    { runs, long, points },
  );
}

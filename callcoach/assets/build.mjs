// Builds callcoach/static/dist: every `assets/*.js` beside this file is an entry, with the CSS it
// imports. File names carry a hash of their content, so that browsers may keep them for ever;
// manifest.json tells the templates which is which (`asset('app.css')`).
//
// htmx stays at version 2: attributes are inherited there (one `hx-headers`, one `hx-target` on a
// parent is enough), and error responses are swapped only where we say so; version 4 changes both.

import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "..", "..");
const outdir = path.join(here, "..", "static", "dist");

/** Compiles .scss; Bootstrap's own deprecations are not ours to fix, so they stay quiet. */
const scss = {
  name: "scss",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path: file }) => {
      const { css, loadedUrls } = sass.compile(file, {
        loadPaths: [path.join(root, "node_modules")],
        quietDeps: true,
        silenceDeprecations: ["import"], // Bootstrap 5 cannot be loaded with @use
      });
      return {
        contents: css,
        loader: "css",
        resolveDir: path.dirname(file),
        watchFiles: loadedUrls.map((url) => fileURLToPath(url)),
      };
    });
  },
};

/** Writes the manifest, then removes what older builds left. */
const manifest = {
  name: "manifest",
  setup(build) {
    build.onEnd(async ({ metafile, errors }) => {
      if (errors.length) return;
      const entries = {};
      const kept = new Set(["manifest.json"]);
      for (const [file, output] of Object.entries(metafile.outputs)) {
        const name = path.relative(outdir, path.resolve(root, file));
        kept.add(name);
        if (!output.entryPoint) continue;
        const stem = path.basename(output.entryPoint, ".js");
        entries[`${stem}.js`] = name;
        if (output.cssBundle) {
          entries[`${stem}.css`] = path.relative(outdir, path.resolve(root, output.cssBundle));
        }
      }
      const target = path.join(outdir, "manifest.json");
      await writeFile(`${target}.new`, `${JSON.stringify(entries, null, 2)}\n`);
      await rename(`${target}.new`, target); // whole or not at all: a server may be reading it
      for (const name of await readdir(outdir)) {
        if (!kept.has(name)) await rm(path.join(outdir, name), { recursive: true });
      }
      console.log(`built ${Object.keys(entries).join(", ")}`);
    });
  },
};

await mkdir(outdir, { recursive: true });
const entries = (await readdir(here)).filter((name) => name.endsWith(".js"));
const options = {
  absWorkingDir: root,
  entryPoints: entries.map((name) => path.join(here, name)),
  outdir,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  splitting: true,
  minify: true,
  sourcemap: false,
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  metafile: true,
  logLevel: "warning",
  loader: { ".woff2": "file" },
  plugins: [scss, manifest],
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes("--watch")) {
    const context = await esbuild.context(options);
    await context.watch();
  } else {
    await esbuild.build(options);
  }
}

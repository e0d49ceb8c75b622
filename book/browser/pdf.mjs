// The book as a PDF: its print page, through Chromium. `just pdf` calls this.

import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { launch, open, out, serve } from "./test/book.mjs";

const file = process.argv[2] ?? join(out, "minicontainer.pdf");
const book = await serve();
const browser = await launch();
const { page, complaints } = await open(browser, book.url);
await page.goto(book.url + "print.html", { waitUntil: "load" });
mkdirSync(dirname(file), { recursive: true });
await page.pdf({
  path: file,
  outline: true,
  tagged: true,
  displayHeaderFooter: true,
  headerTemplate: "<span></span>",
  footerTemplate: '<div style="width: 100%; text-align: center; font: 8px sans-serif"><span class="pageNumber"></span></div>',
  preferCSSPageSize: true, // size and margins are the style sheet's
});
await browser.close();
book.close();
if (complaints.length > 0) throw new Error(complaints.join("\n"));
console.log(`${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB`);

// What every test needs: the built book behind a server on loopback, and a browser that asks nobody else.

import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** The built book: `cargo run -p book -- build` writes it there. */
export const out = process.env.BOOK ?? fileURLToPath(new URL("../../out", import.meta.url));

/** Debian's. A browser of Playwright's own would be a download from elsewhere. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const types = {
  ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json",
  ".png": "image/png", ".svg": "image/svg+xml", ".txt": "text/plain", ".woff2": "font/woff2",
};

if (!existsSync(join(out, "index.html"))) throw new Error(`no book in ${out}: cargo run -p book -- build`);

/** The names of all pages, such as `ch01-process.html`, the print page too. */
export const pages = readdirSync(out, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".html") && !name.endsWith("toc.html"))
  .sort();

/** Those that are read one by one. */
export const chapters = pages.filter((name) => !/(^|\/)(print|404|index)\.html$/.test(name));

/** Serves the book on a port of its own; `url` ends with a slash. */
export async function serve() {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://book").pathname));
    const file = join(out, path.endsWith("/") ? path + "index.html" : path);
    if (!file.startsWith(out) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  server.keepAliveTimeout = 0; // none: no connection closes just when it is used again
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** How long anything may take, in milliseconds. No test measures time, and a machine may be busy. */
const patience = 120_000;

/** Starts the browser. The flags keep it from calling home, and out of a /dev/shm that is small in many containers. */
export function launch() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];
  return chromium.launch({ executablePath, args, timeout: patience });
}

/** A page whose complaints are collected: errors on the console, files that are missing, requests to anybody else. */
export async function open(browser, origin, options = {}) {
  const context = await browser.newContext(options);
  // The print page opens the browser's dialog by itself, and only one can print at a time.
  await context.addInitScript(() => { window.print = () => {}; });
  // Nothing is measured on its way: no colour, no width. (mdBook waits for the end of the sidebar's way.)
  await context.addInitScript(() => addEventListener("DOMContentLoaded", () => {
    const textContent = "*:not(#mdbook-sidebar) { transition: none !important; }";
    document.head.append(Object.assign(document.createElement("style"), { textContent }));
  }));
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    const { errorText } = request.failure();
    // The page was left before it had come.
    if (errorText !== "net::ERR_ABORTED") complaints.push(`${errorText}: ${request.url()}`);
  });
  page.on("response", (answer) => answer.status() >= 400 && complaints.push(`${answer.status()}: ${answer.url()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) complaints.push(`a request to elsewhere: ${url}`);
  });
  return { page, complaints, close: () => context.close() };
}

/** Chooses a theme of mdBook's, for every page from now on. */
export function theme(page, name) {
  return page.addInitScript((name) => localStorage.setItem("mdbook-theme", name), name);
}

/** Does something with each page of the book, two at a time; `act(page, name, complaints)` finds it open. */
export async function each(browser, origin, names, act, { inTheme, ...options } = {}) {
  const queue = [...names];
  const work = async () => {
    const { page, complaints, close } = await open(browser, origin, options);
    if (inTheme) await theme(page, inTheme);
    for (let name = queue.shift(); name; name = queue.shift()) {
      await page.goto(origin + name);
      await act(page, name, complaints);
    }
    await close();
  };
  await Promise.all([work(), work()]);
}

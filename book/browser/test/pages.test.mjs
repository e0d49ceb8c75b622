// Every page: it loads and asks nobody else, fits on a telephone, can be read by everybody.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chapters, each, launch, open, out, pages, serve } from "./book.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [browser, book] = [await launch(), await serve()];
after(() => Promise.all([browser.close(), book.close()]));

test("every page loads without a complaint, served and as files", async () => {
  const all = pages.filter((name) => !name.endsWith("404.html")); // that one is made for a server's root
  for (const origin of [book.url, pathToFileURL(out).href + "/"]) {
    await each(browser, origin, all, (_, name, complaints) => assert.deepEqual(complaints, [], name));
  }
});

test("links and anchors lead somewhere", async () => {
  const { page, close } = await open(browser, book.url);
  const anchors = new Map();
  const links = [];
  for (const name of [...chapters, "print.html"]) {
    await page.goto(book.url + name);
    const found = await page.evaluate(() => ({
      ids: [...document.querySelectorAll("[id], a[name]")].map((element) => element.id || element.name),
      links: [...document.querySelectorAll("a[href]")].map((link) => link.href),
    }));
    anchors.set(name, new Set(found.ids));
    links.push(...found.links.filter((link) => link.startsWith(book.url)).map((link) => [name, link]));
  }
  const broken = links.filter(([, link]) => {
    const { pathname, hash } = new URL(link);
    const target = decodeURIComponent(pathname.slice(1)) || "index.html";
    if (!pages.includes(target)) return true;
    const ids = anchors.get(target);
    return ids && hash && !ids.has(decodeURIComponent(hash.slice(1)));
  });
  assert.deepEqual(broken, []);
  await close();
});

test("no page scrolls sideways on a telephone of 360 pixels", () =>
  each(browser, book.url, chapters, async (page, name) => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${name} is ${width} pixels wide`);
  }, { viewport: { width: 360, height: 740 } }));

// Every page in the two themes that are chosen by themselves; what the others could change is on two of them, and only
// the colours.
const some = ["ch04-mount-namespace.html", "ladder.html"];
for (const [name, those] of [["light", chapters], ["navy", chapters], ["rust", some], ["coal", some], ["ayu", some]]) {
  test(`axe finds nothing serious, theme ${name}`, async () => {
    const faults = [];
    const rules = name === "light" ? {} : { runOnly: ["color-contrast"] };
    await each(browser, book.url, those, async (page, chapter) => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate(
        (rules) => axe.run("main", { resultTypes: ["violations"], ...rules }), rules);
      for (const violation of violations.filter(({ impact }) => ["serious", "critical"].includes(impact))) {
        const where = violation.nodes.map((node) => `${node.html.slice(0, 90)}: ${node.any[0]?.message}`);
        faults.push(`${chapter}: ${violation.id}: ${where.slice(0, 3).join(" | ")}`);
      }
    }, { inTheme: name });
    assert.deepEqual(faults, []);
  });
}

test("the switch leads to the same page in the other language and back, by keyboard and as files", async () => {
  for (const origin of [book.url, pathToFileURL(out).href + "/"]) {
    for (const javaScriptEnabled of [true, false]) {
      const { page, complaints, close } = await open(browser, origin, { javaScriptEnabled });
      const lang = () => page.locator("html").getAttribute("lang");
      await page.goto(origin + "ch02-hostname.html");
      assert.equal(await lang(), "en");
      await page.locator(".menu-bar a[hreflang=de]").press("Enter");
      await page.waitForURL(origin + "de/ch02-hostname.html");
      assert.equal(await lang(), "de");
      assert.equal(await page.locator(".menu-bar a[hreflang=en]").innerText(), "English");
      await page.locator(".menu-bar a[hreflang=en]").press("Enter");
      await page.waitForURL(origin + "ch02-hostname.html");
      assert.deepEqual(complaints, []);
      await close();
    }
  }
});

test("a quiz speaks the language of its page", async () => {
  const { page, complaints, close } = await open(browser, book.url);
  await page.goto(book.url + "de/ch02-hostname.html");
  const question = page.locator(".question").first();
  await question.locator("button").click();
  assert.equal(await question.locator(".quiz-result").innerText(), "Wählen Sie zuerst eine Antwort.");
  assert.equal(await page.locator(".quiz-count").innerText(), "5 Fragen, noch keine beantwortet.");
  assert.deepEqual(complaints, []);
  await close();
});

describe("on a page", () => {
  const chapter = "ch03-pid-namespace.html";

  test("themes switch, and stay", async () => {
    const { page, close } = await open(browser, book.url);
    await page.goto(book.url + chapter);
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    await page.click("#mdbook-theme-toggle");
    await page.click("#mdbook-theme-navy");
    const dark = await background();
    assert.notEqual(light, dark);
    await page.goto(book.url + "ladder.html");
    assert.equal(await background(), dark);
    await close();
  });

  test("the search finds, by keyboard alone", async () => {
    const { page, close } = await open(browser, book.url);
    await page.goto(book.url + chapter);
    await page.keyboard.press("s");
    await page.keyboard.type("pivot_root");
    await page.waitForSelector("#mdbook-searchresults a[href*='ch08']");
    await close();
  });

  test("without JavaScript all of it is there", async () => {
    const { page, close } = await open(browser, book.url, { javaScriptEnabled: false });
    await page.goto(book.url + chapter);
    assert.ok((await page.locator("main").innerText()).length > 8000);
    assert.ok(await page.locator("main details").count() > 5);
    await close();
  });
});

test("on paper all is open and nothing is cut, in a dark theme, too", async () => {
  await each(browser, book.url, ["ch06-memory.html", "ladder.html", "demos.html"], async (page, name) => {
    await page.setViewportSize({ width: 660, height: 1000 }); // what A4 leaves, in pixels
    await page.emulateMedia({ media: "print" });
    const faults = await page.evaluate(() => {
      const shown = (element) => element.checkVisibility({ contentVisibilityAuto: true });
      const wanted = [...document.querySelectorAll("main details:not(.on-screen)")];
      const folded = wanted.filter((details) => !shown(details.lastElementChild)).map((details) => details.innerText);
      const wide = [...document.querySelectorAll("main pre, main table, main svg")]
        .filter((element) => shown(element) && element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 90));
      const { color } = getComputedStyle(document.querySelector("main p"));
      return { folded, wide, color };
    });
    assert.deepEqual(faults, { folded: [], wide: [], color: "rgb(0, 0, 0)" }, name);
  }, { inTheme: "navy" });
});

test("the whole book prints", async () => {
  const { page, close } = await open(browser, book.url);
  await page.goto(book.url + "print.html", { waitUntil: "load" });
  await page.emulateMedia({ media: "print" });
  const pdf = await page.pdf({ format: "A4" });
  const count = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(count > 60, `${count} pages`);
  await close();
});

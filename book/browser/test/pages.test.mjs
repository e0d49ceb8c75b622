// Every page: it loads and asks nobody else, fits on a telephone, can be read by everybody.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chapters, each, launch, open, out, pages, serve, theme } from "./book.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [browser, book] = [await launch(), await serve()];
after(() => Promise.all([browser.close(), book.close()]));

// A page that is not translated is the English one once more: one of them is enough.
const different = chapters.filter((name) =>
  name === "de/glossary.html" || !readFileSync(join(out, name), "utf8").includes('<div lang="en">'));

test("every page loads without a complaint, served and as files", async () => {
  const all = pages.filter((name) => !name.endsWith("404.html")); // that one is made for a server's root
  for (const [origin, names] of [[book.url, all], [pathToFileURL(out).href + "/", different]]) {
    await each(browser, origin, names, (_, name, complaints) => assert.deepEqual(complaints, [], name));
  }
});

test("links and anchors lead somewhere", async () => {
  const { page, close } = await open(browser, book.url);
  const anchors = new Map();
  const links = [];
  for (const name of [...chapters, "print.html"]) {
    await page.goto(book.url + name, { waitUntil: "domcontentloaded" });
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
  each(browser, book.url, different, async (page, name) => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${name} is ${width} pixels wide`);
  }, { viewport: { width: 360, height: 740 } }));

const themes = ["light", "rust", "coal", "navy", "ayu"];

/** Opens all that is folded and answers the quizzes: one question wrong, the next one right. All answers of the first
    one that has several. */
const openAll = () => {
  document.querySelectorAll(".question").forEach((question, i) => {
    const right = [...question.querySelectorAll("details.answer")].map((answer) => answer.dataset.right === "true");
    question.querySelectorAll(".quiz-choice input").forEach((input, j) => {
      input.checked = question.dataset.several === "true" || right[j] === (i % 2 === 1);
    });
    question.querySelector(".quiz-check").click();
  });
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
};

/** Axe does not see words of the style sheet: they become words of the page. */
const writeLabels = () => {
  document.querySelectorAll(".written-label").forEach((label) => label.remove());
  for (const box of document.querySelectorAll(".attack > div, .trainer, .console[data-title]")) {
    const { content, color } = getComputedStyle(box, "::before");
    if (!content.startsWith('"')) continue;
    const label = Object.assign(document.createElement("span"), { className: "written-label", textContent: content });
    label.style.color = color;
    box.prepend(label);
  }
};

/** What axe finds on the whole page, as it is now. */
async function faults(page, where, rules) {
  await page.evaluate(writeLabels);
  const { violations } = await page.evaluate((rules) => axe.run({ resultTypes: ["violations"], ...rules }), rules);
  return violations.filter(({ impact }) => impact !== "minor").map(({ id, nodes }) => {
    const found = nodes.map(({ html, any, all, none }) => `${html.slice(0, 90)}: ${[...any, ...all, ...none][0]?.message}`);
    return `${where}: ${id}: ${found.slice(0, 3).join(" | ")}`;
  });
}

const colours = { runOnly: ["color-contrast"] };

/** In the first theme by all rules, in the others by that of colours. */
async function faultsIn(page, where, others = themes.slice(1)) {
  const found = [];
  await page.evaluate(axe);
  for (const name of [themes[0], ...others]) {
    await page.evaluate((name) => document.getElementById(`mdbook-theme-${name}`).click(), name);
    found.push(...await faults(page, `${where}, ${name}`, name === themes[0] ? {} : colours));
  }
  return found;
}

test("axe finds nothing but minor things on any page, in its themes, with all of it open", async () => {
  const found = [];
  await each(browser, book.url, different, async (page, name) => {
    await page.evaluate(openAll);
    // A translated page has the elements of the English one: one theme more is enough, each in its turn.
    const turn = 1 + different.indexOf(name) % (themes.length - 1);
    found.push(...await faultsIn(page, name, name.startsWith("de/") ? [themes[turn]] : undefined));
  }, { inTheme: themes[0] });
  assert.deepEqual(found, []);
});

test("axe finds nothing but minor things where something has been opened: the search, the themes, the help", async () => {
  const { page, close } = await open(browser, book.url);
  await theme(page, themes[0]);
  const ways = {
    search: async () => {
      await page.keyboard.press("s");
      await page.keyboard.type("namespace");
      await page.waitForSelector("#mdbook-searchresults a");
    },
    themes: () => page.click("#mdbook-theme-toggle"),
    help: () => page.keyboard.press("?"),
  };
  const found = [];
  for (const [what, act] of Object.entries(ways)) {
    await page.goto(book.url + "ch03-pid-namespace.html");
    await act();
    found.push(...await faultsIn(page, what));
  }
  assert.deepEqual(found, []);
  await close();
});

test("axe finds nothing wrong with the colours of a dark page without JavaScript", async () => {
  const { page, close } = await open(browser, book.url, { colorScheme: "dark" });
  await page.goto(book.url + "ch04-mount-namespace.html");
  await page.evaluate(openAll);
  await page.evaluate(axe);
  await page.evaluate(() => {
    document.documentElement.className = "light"; // as it is before any script
    document.querySelectorAll("code").forEach((code) => {
      code.classList.remove("hljs");
      code.textContent = code.textContent;
    });
  });
  assert.deepEqual(await faults(page, "without JavaScript", colours), []);
  await close();
});

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

test("a quiz speaks its own language, on the print page, too, and no two questions share their choices", async () => {
  const { page, complaints, close } = await open(browser, book.url);
  for (const [name, languages] of [["de/ch02-hostname.html", ["Prüfen"]], ["print.html", ["Check"]], ["de/print.html", ["Check", "Prüfen"]]]) {
    await page.goto(book.url + name);
    const quizzes = await page.locator(".quiz").evaluateAll((quizzes) => quizzes.map((quiz) => {
      const { textCheck, textAgain, textChoose, textNone } = quiz.dataset;
      quiz.querySelector(".quiz-check").click();
      const said = [".quiz-check", ".quiz-again", ".quiz-result", ".quiz-count"].map((part) => quiz.querySelector(part).textContent);
      const questions = [...quiz.querySelectorAll(".quiz-form")];
      return {
        said,
        wanted: [textCheck, textAgain, textChoose, textNone.replace("{all}", questions.length)],
        groups: questions.map((form) => [...new Set([...form.querySelectorAll("input")].map((input) => input.name))]),
      };
    }));
    assert.ok(quizzes.length > 0, name);
    for (const { said, wanted } of quizzes) assert.deepEqual(said, wanted, name);
    assert.deepEqual([...new Set(quizzes.map(({ said }) => said[0]))].sort(), languages, name);
    const groups = quizzes.flatMap(({ groups }) => groups);
    assert.ok(groups.every((names) => names.length === 1), `${name}: a question with two groups of choices`);
    assert.equal(new Set(groups.flat()).size, groups.length, `${name}: two questions share a group of choices`);
  }
  assert.deepEqual(complaints, []);
  await close();
});

test("every answer of every quiz says why, in the colour of the answer", async () => {
  let answers = 0;
  const withQuiz = different.filter((name) => readFileSync(join(out, name), "utf8").includes('class="quiz"'));
  await each(browser, book.url, withQuiz, async (page, name) => {
    const { faults, count } = await page.evaluate(() => {
      const colour = (element) => getComputedStyle(element).color;
      const probe = (variable) => {
        const element = document.createElement("span");
        element.style.color = `var(${variable})`;
        document.body.append(element);
        return colour(element);
      };
      const colours = { true: probe("--blockquote-tip-color"), false: probe("--blockquote-caution-color") };
      const text = (element) => element.textContent.replace(/\s+/g, " ").trim();
      const faults = [];
      let count = 0;
      const ask = (question, chosen) => {
        const details = [...question.querySelectorAll("details.answer")];
        question.querySelectorAll(".quiz-choice input").forEach((input, i) => { input.checked = chosen.includes(i); });
        question.querySelector(".quiz-check").click();
        const result = question.querySelector(".quiz-result");
        const allRight = details.every(({ dataset }, i) => (dataset.right === "true") === chosen.includes(i));
        const shown = [...result.querySelectorAll(".quiz-why")];
        const wanted = chosen.map((i) => text(details[i]).slice(text(details[i].querySelector("summary")).length).trim());
        const told = `${question.id}, ${chosen}`;
        if (result.dataset.right !== String(allRight)) faults.push(`${told}: the verdict is ${result.dataset.right}`);
        if (JSON.stringify(shown.map(text)) !== JSON.stringify(wanted)) faults.push(`${told}: ${shown.map(text)}`);
        chosen.forEach((i, at) => {
          const verdict = shown[at]?.querySelector(".verdict");
          const [right, wrong] = [/^(Right|Richtig)\./, /^(Wrong|Falsch)\./];
          if (!verdict?.checkVisibility()) return faults.push(`${told}: no verdict`);
          if (!(details[i].dataset.right === "true" ? right : wrong).test(text(verdict))) faults.push(`${told}: ${text(verdict)}`);
          if (colour(verdict) !== colours[details[i].dataset.right]) faults.push(`${told}: "${text(verdict)}" is ${colour(verdict)}`);
          if (wanted[at].length < text(verdict).length + 10) faults.push(`${told}: no reason`);
          count += 1;
        });
      };
      for (const question of document.querySelectorAll(".question")) {
        const all = [...question.querySelectorAll("details.answer")].map((_, i) => i);
        all.forEach((i) => ask(question, [i]));
        if (question.dataset.several === "true") ask(question, all);
      }
      return { faults, count };
    });
    assert.deepEqual(faults, [], name);
    answers += count;
  });
  assert.ok(withQuiz.length >= 12 && answers > 12 * 4 * 3, `${answers} answers on ${withQuiz.length} pages`);
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

  for (const [language, name, words, found] of [
    ["English", chapter, "pivot_root", "ch08"],
    ["German", `de/${chapter}`, "Prozessbaum", "ch03"],
  ]) {
    test(`the search finds what is ${language}, by keyboard alone`, async () => {
      const { page, close } = await open(browser, book.url);
      await page.goto(book.url + name);
      await page.keyboard.press("s");
      await page.keyboard.type(words);
      const result = page.locator(`#mdbook-searchresults a[href*='${found}']`).first();
      await result.waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForURL(/highlight=/);
      assert.ok(page.url().startsWith(new URL(".", book.url + name).href), page.url());
      assert.equal(await page.locator("html").getAttribute("lang"), language === "German" ? "de" : "en");
      assert.ok(await page.locator("main mark").count() > 0);
      await close();
    });
  }

  test("the sidebar goes and comes with the keyboard", async () => {
    const { page, close } = await open(browser, book.url);
    await page.goto(book.url + chapter);
    const toggle = page.getByRole("button", { name: "Toggle Table of Contents" });
    await page.locator("#mdbook-theme-toggle").focus();
    await page.keyboard.press("Shift+Tab");
    assert.ok(await toggle.evaluate((element) => element === document.activeElement));
    for (const [key, shown] of [["Enter", "false"], ["Space", "true"]]) {
      await page.keyboard.press(key);
      assert.equal(await toggle.getAttribute("aria-expanded"), shown);
      await page.locator("#mdbook-sidebar").waitFor({ state: shown === "true" ? "visible" : "hidden" });
    }
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
      // First, because it brings the page to its new medium. What is folded does not, when it is asked for its visibility.
      const { color } = getComputedStyle(document.querySelector("main p"));
      const shown = (element) => element.checkVisibility({ contentVisibilityAuto: true });
      const wanted = [...document.querySelectorAll("main details:not(.on-screen)")];
      const folded = wanted.filter((details) => !shown(details.lastElementChild)).map((details) => details.innerText);
      const wide = [...document.querySelectorAll("main pre, main table, main svg")]
        .filter((element) => shown(element) && element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 90));
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

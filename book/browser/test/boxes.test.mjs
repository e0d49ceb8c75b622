// What is in the pages beside text: quizzes, predictions, recordings, the ladder. With the keyboard, and without JavaScript.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch, open, out, serve } from "./book.mjs";

const chapter = "ch03-pid-namespace.html";
const files = pathToFileURL(out).href + "/";
const phone = { viewport: { width: 360, height: 740 } };
const [browser, book] = [await launch(), await serve()];
after(() => Promise.all([browser.close(), book.close()]));

/** Opens a page, does something there, and has no complaint about it. */
async function on(name, act, { origin = book.url, ...options } = {}) {
  const { page, complaints, close } = await open(browser, origin, options);
  await page.goto(origin + name);
  await act(page);
  assert.deepEqual(complaints, []);
  await close();
}

/** Whether the element with the focus is this one. */
const focused = (locator) => locator.evaluate((element) => element === document.activeElement);

describe("a quiz", () => {
  test("is answered with the keyboard, and remembers", () =>
    on(chapter, async (page) => {
      const quiz = page.locator(".quiz");
      const question = quiz.locator(".question").first();
      const right = await question.locator("details.answer").evaluateAll((answers) =>
        answers.findIndex((answer) => answer.dataset.right === "true"));
      const choices = question.locator(".quiz-choice input");
      await choices.first().focus();
      await page.keyboard.press("Space");
      for (let i = 0; i < right; i += 1) await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await question.locator(".quiz-result[data-right='true']").waitFor();
      assert.match(await question.locator(".quiz-result").innerText(), /Right\./);
      assert.match(await quiz.locator(".quiz-count").innerText(), /^1 of /);
      await page.reload();
      assert.match(await quiz.locator(".quiz-count").innerText(), /^1 of /);
      await quiz.locator(".quiz-again").press("Enter");
      assert.match(await quiz.locator(".quiz-count").innerText(), /none answered/);
    }));

  test("says why a wrong answer is wrong", () =>
    on(chapter, async (page) => {
      const question = page.locator(".question[data-several='false']").first();
      const wrong = await question.locator("details.answer").evaluateAll((answers) =>
        answers.findIndex((answer) => answer.dataset.right === "false"));
      await question.locator(".quiz-choice input").nth(wrong).check();
      await question.locator(".quiz-check").press("Enter");
      assert.match(await question.locator(".quiz-result").innerText(), /Wrong\. \S+/);
    }));

  test("opens answer by answer without JavaScript", () =>
    on(chapter, async (page) => {
      const answer = page.locator(".quiz details.answer").first();
      assert.equal(await page.locator(".quiz-form").count(), 0);
      assert.equal(await answer.locator(".verdict").isVisible(), false);
      await answer.locator("summary").focus();
      await page.keyboard.press("Enter");
      assert.ok(await answer.locator(".verdict").isVisible());
    }, { javaScriptEnabled: false }));
});

for (const javaScriptEnabled of [true, false]) {
  test(`a prediction opens with the keyboard, ${javaScriptEnabled ? "with" : "without"} JavaScript`, () =>
    on(chapter, async (page) => {
      const look = page.locator(".predict details.look").first();
      assert.equal(await look.locator("pre").isVisible(), false);
      await look.locator("summary").focus();
      await page.keyboard.press("Enter");
      assert.ok(await look.locator("pre").isVisible());
    }, { javaScriptEnabled }));
}

describe("a demo", () => {
  /** The text on the player's screen. */
  const screen = (page) => page.locator(".ap-term-text").innerText();

  /** Waits until the recording shows this. */
  const shows = (page, words) =>
    page.waitForFunction((words) => document.querySelector(".ap-term-text")?.textContent.includes(words), words);

  const title = "Process number 1"; // the recording's first line

  for (const [how, origin] of [["from a server", () => book.url], ["from a file", () => files]]) {
    test(`plays with the keyboard, ${how}`, () =>
      on(chapter, async (page) => {
        assert.equal(await page.locator("script[src*='asciinema']").count(), 0, "loaded before it was wanted");
        const button = page.locator(".demo-play").first();
        await button.focus();
        await page.keyboard.press("Enter");
        await shows(page, title);
        const first = await screen(page);
        await page.keyboard.press("]"); // the next step
        await page.waitForFunction((first) => document.querySelector(".ap-term-text").textContent !== first, first);
        await page.keyboard.press("ArrowRight");
        assert.ok(page.url().includes(chapter), "the arrow has turned the book's page");
        await page.keyboard.press("?");
        await page.locator(".ap-overlay-help").waitFor();
        assert.equal(await page.locator("#mdbook-help-container").isVisible(), false);
        await page.keyboard.press("Escape");
        await page.locator(".ap-overlay-help").waitFor({ state: "detached" });
        await page.keyboard.press("Escape");
        assert.equal(await page.locator(".ap-wrapper").count(), 0);
        assert.ok(await focused(button));
      }, { origin: origin() }));
  }

  test("lets Tab through its controls and out again", () =>
    on(chapter, async (page) => {
      const button = page.locator(".demo-play").first();
      await button.press("Enter");
      await shows(page, title);
      const places = [];
      for (let i = 0; i < 8; i += 1) {
        await page.keyboard.press("Tab");
        places.push(await page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.tagName));
      }
      assert.ok(places.some((place) => /^(Play|Pause)$/.test(place)), places.join());
      assert.ok(places.includes("SUMMARY"), places.join());
    }));

  test("waits for the reader who wants less motion", () =>
    on(chapter, async (page) => {
      await page.locator(".demo-play").first().press("Enter");
      await page.locator(".ap-wrapper").waitFor();
      assert.equal(await page.locator(".ap-control-bar [aria-label='Pause']").count(), 0);
    }, { reducedMotion: "reduce" }));

  test("fits on a telephone", () =>
    on(chapter, async (page) => {
      await page.locator(".demo-play").first().press("Enter");
      await shows(page, title);
      const box = await page.locator(".ap-player").boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 360, JSON.stringify(box));
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
    }, phone));

  test("is told in words without JavaScript", () =>
    on(chapter, async (page) => {
      const box = page.locator(".demo").first();
      assert.equal(await box.locator("button").count(), 0);
      await box.locator("summary").press("Enter");
      assert.ok((await box.innerText()).includes("Number 1"));
    }, { javaScriptEnabled: false }));

  test("has a recording, all of them", () =>
    on("demos.html", async (page) => {
      const names = await page.locator(".demos code").allInnerTexts();
      for (const name of names.map((command) => command.split(" ").at(-1))) {
        const script = readFileSync(join(out, "demos", `${name}.js`), "utf8");
        const lines = await page.evaluate((script) => {
          let lines;
          new Function("minicontainerRecording", script)((_, recording) => { lines = recording; });
          return { version: lines[0].version, width: lines[0].width, steps: lines.filter((line) => line[1] === "m").length };
        }, script);
        assert.ok(lines.version === 2 && lines.width === 100 && lines.steps > 3, `${name}: ${JSON.stringify(lines)}`);
      }
    }));

  test("has the player of the npm package, as it is", () => {
    const require = createRequire(import.meta.url);
    const script = require.resolve("asciinema-player/dist/bundle/asciinema-player.min.js");
    const vendored = fileURLToPath(new URL("../../src/vendor/asciinema-player/", import.meta.url));
    const sums = readFileSync(join(vendored, "README.txt"), "utf8");
    for (const [name, original] of [
      ["asciinema-player.min.js", script],
      ["asciinema-player.css", join(dirname(script), "asciinema-player.css")],
      ["LICENSE", join(dirname(script), "../../LICENSE")],
    ]) {
      const ours = readFileSync(join(vendored, name));
      assert.ok(ours.equals(readFileSync(original)), `${name} is another one`);
      assert.ok(sums.includes(createHash("sha256").update(ours).digest("hex")), `README.txt: the sum of ${name}`);
    }
  });
});

describe("the ladder", () => {
  test("is climbed with the arrow keys", () =>
    on("ladder.html", async (page) => {
      const slider = page.getByRole("slider");
      const row = page.locator("tr", { hasText: "Kill a process of the host" });
      const valuetext = () => slider.getAttribute("aria-valuetext");
      await slider.focus();
      assert.equal(await valuetext(), "No runtime at all");
      assert.match(await page.locator(".ladder-count").innerText(), /^0 of \d+ closed$/);
      assert.match(await row.locator("td.chosen").innerText(), /✗/);
      for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowRight");
      assert.equal(await valuetext(), "After chapter 3: A process tree of its own");
      assert.match(await row.locator("td.chosen").innerText(), /✓/);
      assert.match(await row.locator(".ladder-seen").innerText(), /ESRCH/);
      assert.match(await row.locator("td.chosen span").getAttribute("aria-label"), /^yes: .*ESRCH/);
      await page.keyboard.press("End");
      assert.equal(await valuetext(), "crun");
      await page.locator("tr.chapter").last().scrollIntoViewIfNeeded();
      const { y } = await slider.boundingBox();
      assert.ok(y >= 0 && y < 200, `the slider is at ${y}, and the rows are elsewhere`);
      assert.ok(page.url().includes("ladder"), "the arrow has turned the book's page");
    }));

  /** What book/ladder.json says of each mark, as the page shortens it. */
  const observations = () => {
    const { rows } = JSON.parse(readFileSync(fileURLToPath(new URL("../../ladder.json", import.meta.url)), "utf8"));
    const said = ({ observed, reason, known }) =>
      [observed, reason, known].filter((text) => text !== undefined).map((text) => text.replace(/\n$/, "").split("\n").join("; ")).join(". ");
    return new Map(rows.map(({ text, cells }) => [text, cells.map(said)]));
  };

  test("has what was observed below the pointer, at each mark", () =>
    on("ladder.html", async (page) => {
      const wanted = observations();
      const rows = await page.locator("tr[data-kind]").evaluateAll((rows) => rows.map((row) => {
        const name = row.querySelector("th").cloneNode(true);
        name.querySelectorAll(".kind, .ladder-seen").forEach((part) => part.remove());
        return { name: name.textContent.trim(), titles: [...row.querySelectorAll("td")].map((cell) => cell.title) };
      }));
      assert.deepEqual(rows.map(({ name }) => name).sort(), [...wanted.keys()].sort());
      for (const { name, titles } of rows) {
        titles.forEach((title, column) => {
          const all = wanted.get(name)[column];
          if (all.length <= 240) assert.equal(title, all, name);
          else assert.ok(title.endsWith(" …") && all.startsWith(title.slice(0, -2)) && title.length > 100, `${name}: ${title}`);
        });
      }
      const [name, column] = ["Kill a process of the host", 3];
      await page.locator("tr", { hasText: name }).locator("td").nth(column).hover();
      assert.equal(await page.locator("[title]:hover").getAttribute("title"), wanted.get(name)[column]);
      assert.match(wanted.get(name)[column], /ESRCH/);
    }));

  test("shows it beside the question, at a click on a mark, and with Tab and Enter", () =>
    on("ladder.html", async (page) => {
      const wanted = observations().get("Kill a process of the host");
      const row = page.locator("tr", { hasText: "Kill a process of the host" });
      const seen = () => row.locator(".ladder-seen").innerText();
      assert.equal(await seen(), wanted[0]);
      await row.locator("td").nth(3).click();
      assert.notEqual(wanted[3], wanted[0]);
      assert.equal(await seen(), wanted[3]);
      await page.getByLabel("Show", { exact: true }).focus();
      const head = page.locator("thead th[data-subject='bare'] button");
      await page.keyboard.press("Tab");
      assert.ok(await focused(head));
      await page.keyboard.press("Enter");
      assert.equal(await seen(), wanted[0]);
      for (let i = 0; i < 3; i += 1) await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      assert.equal(await seen(), wanted[3]);
      assert.equal(await page.locator("thead button[aria-pressed='true']").innerText(), "3");
    }));

  test("shows checks or attacks", () =>
    on("ladder.html", async (page) => {
      await page.getByLabel("Show", { exact: true }).selectOption("attack");
      assert.equal(await page.locator("tr[data-kind='check']:visible").count(), 0);
      assert.ok(await page.locator("tr[data-kind='attack']:visible").count() > 30);
    }));

  test("has one column on a telephone", () =>
    on("ladder.html", async (page) => {
      const cells = page.locator("tr[data-kind]").first().locator("td:visible");
      assert.equal(await cells.count(), 1);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
    }, phone));

  test("is a plain table without JavaScript", () =>
    on("ladder.html", async (page) => {
      assert.equal(await page.getByRole("slider").count(), 0);
      const row = page.locator("tr", { hasText: "Kill a process of the host" });
      assert.equal(await row.locator("td:visible").count(), 16);
      assert.match(await row.locator("td").first().getAttribute("title"), /the neighbour is dead/);
      assert.equal(await page.locator("tr.chapter a").count(), 12);
    }, { javaScriptEnabled: false }));
});

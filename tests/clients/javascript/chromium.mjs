#!/usr/bin/env node
// A person with a real browser, Chromium without a window: `chromium.mjs URL` opens the address, signs in on the page that
// comes, and stays until the client's own page is there; `chromium.mjs URL CODE` types the code that a device shows.
//
// Named by BROWSER, it is what programs open that open a browser: it goes on by itself, as a real one would.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const { CHROMIUM, SMALT_USERNAME, SMALT_PASSWORD, HTTPS_PROXY, BESIDE } = process.env;
const [address, code] = process.argv.slice(2);

// It is the tests' own pages that it shows, and nobody else is to be asked anything.
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

if (!BESIDE && !code) {
  const options = { detached: true, stdio: "ignore", env: { ...process.env, BESIDE: "1" } };
  spawn(process.execPath, [fileURLToPath(import.meta.url), address], options).unref();
  process.exit(0);
}

const browser = await puppeteer.launch({
  executablePath: CHROMIUM,
  // Whom it trusts is the machine's to say, and this machine's trust is not to be changed for a test.
  args: ["--ignore-certificate-errors", ...QUIET, ...(HTTPS_PROXY ? [`--proxy-server=${HTTPS_PROXY}`] : [])],
});
try {
  const page = await browser.newPage();
  const press = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  await page.goto(address);
  if (code) {
    await page.type("input[name=otc]", code);
    await press("button.go");
  }
  if (await page.$("input[name=passwd]")) {
    await page.$eval("input[name=login]", (field) => (field.value = ""));
    await page.type("input[name=login]", SMALT_USERNAME);
    await page.type("input[name=passwd]", SMALT_PASSWORD);
    await press("button.go");
  } else {
    await press(`button[value="${SMALT_USERNAME}"]`);
  }
  // A page that posts itself goes on to the client's.
  const isElsewhere = () => document.forms.length === 0;
  await page.waitForFunction(isElsewhere, { timeout: 20_000 });
  console.log(await page.evaluate(() => document.body.innerText));
} finally {
  await browser.close();
}

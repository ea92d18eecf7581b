// GraphiQL in a real browser: enters the token, runs the welcome query, and reads the answer from the page.
import { chromium } from 'playwright-core';

const [base, token, picture] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const problems = [];
page.on('console', (message) => {
  // Before a token is entered the page asks for the schema in vain, which is as it should be.
  if (message.type() === 'error' && !message.text().includes('401')) problems.push(message.text());
});
page.on('request', (request) => {
  const own = [base, 'data:', 'blob:'].some((start) => request.url().startsWith(start));
  if (!own) problems.push(`asked elsewhere: ${request.url()}`);
});
await page.goto(`${base}/graphql`);
await page.waitForSelector('.graphiql-container');
const headers = page.locator('.graphiql-editor-tool .CodeMirror').last();
await headers.click();
await page.keyboard.press('Control+A');
await page.keyboard.insertText(JSON.stringify({ Authorization: `Bearer ${token}` }));
await page.locator('.graphiql-execute-button').click();
await page.waitForFunction(() => document.querySelector('.result-window')?.textContent.includes('computers'));
console.log((await page.locator('.result-window').textContent()).includes('"computers"') ? 'answered' : 'not answered');
await page.screenshot({ path: picture });
for (const problem of problems) console.log(problem);
await browser.close();
